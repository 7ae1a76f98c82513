// Three copies vote, look whether the vote came out right, store it, and look whether it arrived.
//
// The vote is compared with two of the copies, so that no single register stands between agreement and memory;
// two copies must say that there is something to store. What then lies in memory is read back at the address of
// the second copy and compared with the word of the third: a word that was struck on its way, or went elsewhere,
// is stored once more (a word that went elsewhere stays there as well: nobody knows where). Every doubt leads to
// a second vote, which changes nothing where the doubt itself was the fault.
#include "copies.cuh"

// The second vote: stores, or ends the thread if there is nothing to store. False, and nothing done, where no two
// copies agree: a result that went astray can spoil two of them.
template <int WORDS>
__device__ inline bool settled(const Result<WORDS> &a, const Result<WORDS> &b, const Result<WORDS> &c)
{
    if (differ(a, b) && differ(a, c) && differ(b, c)) return false;
    // Asked twice: one wrong guard alone neither ends a walk nor stores behind its end.
    unsigned inside = majority_of_masks(a.inside, b.inside, c.inside);
    unsigned again = majority_of_masks(c.inside, a.inside, b.inside);
    if (inside) {
        if (again) store(voted(a, b, c));
    } else {
        if (!again) end_thread();
    }
    return true;
}

// Whether two copies agree that there is nothing to store. Asked where they stored nothing, or in doubt.
template <int WORDS> __device__ inline bool ended(const Result<WORDS> &a, const Result<WORDS> &b)
{
    return !(differ(a, b) | a.inside | b.inside);
}
