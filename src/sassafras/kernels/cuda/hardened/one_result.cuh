// The techniques for kernels in which a thread stores one result.
//
// Votes and comparisons are calls, so that every copy is done before them: ptxas would else vote or compare early
// what is ready early, and keep it in one unprotected register while the last copy still computes.
#include "copies.cuh"

template <int WORDS> __device__ __noinline__ void tmr(Result<WORDS> a, Result<WORDS> b, Result<WORDS> c)
{
    Result<WORDS> r = voted(a, b, c);
    if (r.inside) store(r);
}

// Stores the result if the copies agree. Returns the bits in which they do not.
template <int WORDS> __device__ __noinline__ unsigned disagree(Result<WORDS> a, Result<WORDS> b)
{
    unsigned bits = differ(a, b);
    if (!bits && a.inside) store(a);
    return bits;
}

template <int WORDS> __device__ inline void dmr(const Result<WORDS> &a, const Result<WORDS> &b, int *detected)
{
    if (disagree(a, b)) raise(detected);
}

// `again` computes the result a third time, only when it is needed.
template <int WORDS, class Again>
__device__ inline void dmr_retry(const Result<WORDS> &a, const Result<WORDS> &b, Again again, int *detected,
                                 int *corrected)
{
    if (!disagree(a, b)) return;
    Result<WORDS> c = again();
    if (differ(a, c) && differ(b, c)) {
        raise(detected);
        return;
    }
    raise(corrected);
    if (c.inside) store(c);
}
