// Copies of one computation that no compiler can merge, and what is done with their results.
//
// A hardened kernel gets its arguments as often as it has copies, as structures: other words of the constant
// bank, which neither NVVM nor ptxas can prove equal, so that no load and no arithmetic is shared. The numbers
// of the thread and its block are the same for all copies and would be read once; each copy therefore reads
// them in a function of its own that is never inlined.

// What one copy wants to store: WORDS words, each at its own address, if `inside` is not zero.
// `inside` is all ones or zero: a flipped bit of the voted mask of a thread that stores changes nothing.
template <int WORDS> struct Result {
    unsigned inside;
    unsigned long long at[WORDS];
    unsigned word[WORDS];
};

__device__ inline unsigned mask(bool condition) { return condition ? ~0u : 0u; }

template <class T> __device__ inline unsigned long long address(T *pointer)
{
    return (unsigned long long)pointer;
}

// The number of the thread in its block. Volatile: a copy that begins once more reads it again.
__device__ inline int thread_x()
{
    int x;
    asm volatile("mov.u32 %0, %%tid.x;" : "=r"(x));
    return x;
}

__device__ inline int thread_y()
{
    int y;
    asm volatile("mov.u32 %0, %%tid.y;" : "=r"(y));
    return y;
}

// The number of the thread in the launch, as Darknet counts.
template <int COPY> __device__ __noinline__ int thread_index(int grid_x, int block_x)
{
    return (blockIdx.x + blockIdx.y * grid_x) * block_x + thread_x();
}

// Bitwise majority: one LOP3. Volatile, so that it stays where it is written.
__device__ inline unsigned majority(unsigned a, unsigned b, unsigned c)
{
    unsigned voted;
    asm volatile("lop3.b32 %0, %1, %2, %3, 0xE8;" : "=r"(voted) : "r"(a), "r"(b), "r"(c));
    return voted;
}

// The same for masks, in three instructions: the ptxas of CUDA 12.9 crashes on a lop3 of three masks for sm_70 and
// later.
__device__ inline unsigned majority_of_masks(unsigned a, unsigned b, unsigned c)
{
    unsigned voted;
    asm volatile("{\n\t"
                 ".reg .b32 both, either;\n\t"
                 "and.b32 both, %1, %2;\n\t"
                 "or.b32 either, %1, %2;\n\t"
                 "and.b32 either, either, %3;\n\t"
                 "or.b32 %0, both, either;\n\t"
                 "}"
                 : "=r"(voted)
                 : "r"(a), "r"(b), "r"(c));
    return voted;
}

// Not zero where the three differ in any bit: one LOP3.
__device__ inline unsigned unequal(unsigned a, unsigned b, unsigned c)
{
    unsigned bits;
    asm volatile("lop3.b32 %0, %1, %2, %3, 0x7E;" : "=r"(bits) : "r"(a), "r"(b), "r"(c));
    return bits;
}

// bits | (a ^ b), of which no compiler makes two comparisons and two predicates.
__device__ inline unsigned gathered(unsigned bits, unsigned a, unsigned b)
{
    unsigned result;
    asm volatile("{\n\t"
                 ".reg .b32 other;\n\t"
                 "xor.b32 other, %2, %3;\n\t"
                 "or.b32 %0, %1, other;\n\t"
                 "}"
                 : "=r"(result)
                 : "r"(bits), "r"(a), "r"(b));
    return result;
}

template <int WORDS>
__device__ inline Result<WORDS> voted(const Result<WORDS> &a, const Result<WORDS> &b, const Result<WORDS> &c)
{
    Result<WORDS> r;
    r.inside = a.inside;
#pragma unroll
    for (int i = 0; i < WORDS; ++i) {
        unsigned low = majority((unsigned)a.at[i], (unsigned)b.at[i], (unsigned)c.at[i]);
        unsigned high = majority(a.at[i] >> 32, b.at[i] >> 32, c.at[i] >> 32);
        r.at[i] = (unsigned long long)high << 32 | low;
        r.word[i] = majority(a.word[i], b.word[i], c.word[i]);
    }
    return r;
}

// Not zero where two results differ in any bit.
template <int WORDS> __device__ inline unsigned differ(const Result<WORDS> &a, const Result<WORDS> &b)
{
    unsigned bits = a.inside ^ b.inside;
#pragma unroll
    for (int i = 0; i < WORDS; ++i) {
        unsigned long long at = a.at[i] ^ b.at[i];
        bits |= (unsigned)at | (unsigned)(at >> 32) | (a.word[i] ^ b.word[i]);
    }
    return bits;
}

// Not zero where three results differ in any bit of a word or its address.
template <int WORDS>
__device__ inline unsigned differ(const Result<WORDS> &a, const Result<WORDS> &b, const Result<WORDS> &c)
{
    unsigned bits = 0;
#pragma unroll
    for (int i = 0; i < WORDS; ++i) {
        bits |= unequal((unsigned)a.at[i], (unsigned)b.at[i], (unsigned)c.at[i]);
        bits |= unequal(a.at[i] >> 32, b.at[i] >> 32, c.at[i] >> 32);
        bits |= unequal(a.word[i], b.word[i], c.word[i]);
    }
    return bits;
}

// Global accesses to an address that is a number (a plain pointer would be of unknown memory).
__device__ inline void put(unsigned long long at, unsigned word)
{
    asm volatile("st.global.u32 [%0], %1;" ::"l"(at), "r"(word) : "memory");
}

__device__ inline unsigned get(unsigned long long at)
{
    unsigned word;
    asm volatile("ld.volatile.global.u32 %0, [%1];" : "=r"(word) : "l"(at) : "memory");
    return word;
}

template <int WORDS> __device__ inline void store(const Result<WORDS> &r)
{
#pragma unroll
    for (int i = 0; i < WORDS; ++i) put(r.at[i], r.word[i]);
}

// Not zero where memory does not hold the words of `what` at the places of `where`.
template <int WORDS>
__device__ inline unsigned missing(const Result<WORDS> &where, const Result<WORDS> &what)
{
    unsigned bits = get(where.at[0]) ^ what.word[0];
#pragma unroll
    for (int i = 1; i < WORDS; ++i) bits = gathered(bits, get(where.at[i]), what.word[i]);
    return bits;
}

// Ends the thread, inside a function too: there is no way back that a fault could take.
__device__ inline void end_thread() { asm volatile("exit;"); }

__device__ inline void raise(int *flag) { *flag = 1; }
