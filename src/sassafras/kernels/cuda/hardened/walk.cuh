// The techniques for kernels in which a thread stores one result after another.
//
// A walk is a copy that stands at one result: result() says what it wants to store (nothing, where it is at its
// end), step() goes on to the next. The end is voted or compared like every other result.
#include "copies.cuh"

template <class A, class B, class C> __device__ inline void tmr(A a, B b, C c)
{
    for (;;) {
        Result<1> r = voted(a.result(), b.result(), c.result());
        if (!r.inside) return;
        store(r);
        a.step();
        b.step();
        c.step();
    }
}

// Stops where the copies differ.
template <class A, class B> __device__ inline void dmr(A a, B b, int *detected)
{
    for (;;) {
        Result<1> r = a.result(), s = b.result();
        if (differ(r, s)) {
            raise(detected);
            return;
        }
        if (!r.inside) return;
        store(r);
        a.step();
        b.step();
    }
}

// Where the copies differ a third one goes the whole way and stores everything once more, which needs no more
// than that the walk does not read what it has stored. It is believed if it agrees with one of the two at the
// place where they differed.
template <class A, class B, class Again>
__device__ inline void dmr_retry(A a, B b, Again again, int *detected, int *corrected)
{
    for (;;) {
        Result<1> r = a.result(), s = b.result();
        if (differ(r, s)) {
            bool agreed = false;
            auto c = again();
            for (;;) {
                Result<1> t = c.result();
                agreed = agreed || !differ(r, t) || !differ(s, t);
                if (!t.inside) break;
                store(t);
                c.step();
            }
            raise(agreed ? corrected : detected);
            return;
        }
        if (!r.inside) return;
        store(r);
        a.step();
        b.step();
    }
}
