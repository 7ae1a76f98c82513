// The techniques for kernels in which a thread stores one result after another.
//
// A walk is a copy that stands at one result: result() says what it wants to store (nothing, where it is at its
// end), step() goes on to the next. The end is agreed on like every other result.
#include "agreement.cuh"

// What KERNEL_*.cu say: the copy of a number, made of the parameters of that number; three of them that vote.
#define MADE(number) Walk<number>(p##number)
#define VOTE tmr<Walk<0>, Walk<1>, Walk<2>>(p0, p1, p2)

// Calls, so that nothing is asked before it must be.
__device__ __noinline__ bool settle(Result<1> a, Result<1> b, Result<1> c) { return settled(a, b, c); }
__device__ __noinline__ bool at_end(Result<1> a, Result<1> b) { return ended(a, b); }

// Where no two copies agree all begin once more and store everything again, which needs no more than that a walk
// does not read what it has stored.
template <class A, class B, class C, class Parameters>
__device__ inline void tmr(const Parameters &p0, const Parameters &p1, const Parameters &p2)
{
    for (;;) {
        A a(p0);
        B b(p1);
        C c(p2);
        for (;;) {
            Result<1> r = a.result(), s = b.result(), t = c.result();
            Result<1> v = voted(r, s, t);
            if (!differ(v, s, t)) {
                if (r.inside) {
                    if (s.inside) {
                        store(v);
                        if (!missing(s, t)) goto next;
                    }
                }
            }
            if (!settle(r, s, t)) break;
        next:
            a.step();
            b.step();
            c.step();
        }
    }
}

// Stops at the first doubt.
template <class A, class B> __device__ inline void dmr(A a, B b, int *detected)
{
    for (;;) {
        Result<1> r = a.result(), s = b.result();
        if (!differ(r, s)) {
            if (r.inside) {
                if (s.inside) {
                    store(r);
                    if (!missing(s, s)) goto next;
                }
            }
        }
        if (!at_end(r, s)) raise(detected);
        return;
    next:
        a.step();
        b.step();
    }
}

// Where the copies differ a third one goes the whole way and stores everything once more, which needs no more
// than that the walk does not read what it has stored. It is believed if it agrees with one of the two at the
// place where they differed. A word that did not arrive is beyond repair: it may lie elsewhere.
template <class A, class B, class Again>
__device__ inline void dmr_retry(A a, B b, Again again, int *detected, int *corrected)
{
    for (;;) {
        Result<1> r = a.result(), s = b.result();
        if (!differ(r, s)) {
            if (r.inside) {
                if (s.inside) {
                    store(r);
                    if (!missing(s, s)) goto next;
                }
            }
        }
        if (at_end(r, s)) return;
        {
            bool sure = false;
            auto c = again();
            for (;;) {
                Result<1> t = c.result();
                sure = sure || !differ(r, t) || !differ(s, t);
                if (!t.inside) break;
                store(t);
                c.step();
            }
            raise(sure && differ(r, s) ? corrected : detected);
            return;
        }
    next:
        a.step();
        b.step();
    }
}
