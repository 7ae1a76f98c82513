// The techniques for kernels in which a thread stores one result.
//
// Votes and comparisons are calls, so that every copy is done before them: ptxas would else vote or compare early
// what is ready early, and keep it in one unprotected register while the last copy still computes.
#include "agreement.cuh"

// What KERNEL_*.cu say: the copy of a number, made of the parameters of that number; three of them that vote.
#define MADE(number) copy<number>(p##number)
#define VOTE for (;;) tmr(MADE(0), MADE(1), MADE(2))

// Ends the thread, unless no two copies agree: then nothing is stored, and they must be computed once more.
template <int WORDS> __device__ __noinline__ void tmr(Result<WORDS> a, Result<WORDS> b, Result<WORDS> c)
{
    Result<WORDS> r = voted(a, b, c);
    if (!differ(r, b, c)) {
        if (a.inside) {
            if (b.inside) {
                store(r);
                if (!missing(b, c)) end_thread();
            }
        }
    }
    if (settled(a, b, c)) end_thread();
}

// Whether two copies agree and, if there is something to store, memory has it now.
template <int WORDS> __device__ __noinline__ bool agree(Result<WORDS> a, Result<WORDS> b)
{
    if (!differ(a, b)) {
        if (a.inside) {
            if (b.inside) {
                store(a);
                if (!missing(b, b)) return true;
            }
        }
    }
    return ended(a, b);
}

template <int WORDS> __device__ inline void dmr(const Result<WORDS> &a, const Result<WORDS> &b, int *detected)
{
    if (!agree(a, b)) raise(detected);
}

// `again` computes the result a third time, only when it is needed. A word that did not arrive is beyond repair:
// it may lie elsewhere.
template <int WORDS, class Again>
__device__ inline void dmr_retry(const Result<WORDS> &a, const Result<WORDS> &b, Again again, int *detected,
                                 int *corrected)
{
    if (agree(a, b)) return;
    if (!differ(a, b)) {
        raise(detected);
        return;
    }
    Result<WORDS> c = again();
    if (differ(a, c) && differ(b, c)) {
        raise(detected);
        return;
    }
    raise(corrected);
    if (c.inside) store(c);
}
