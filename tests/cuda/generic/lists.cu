/* Linked lists whose nodes lie in shared, local and global memory. */
struct Node { Node *next; int value; };
__device__ __noinline__ int total(const Node *n)
{
    int sum = 0;
    while (n) {
        sum = sum * 3 + n->value;
        n = n->next;
    }
    return sum;
}
extern "C" __global__ void lists(Node *nodes, int *out)
{
    __shared__ Node s[32];
    Node l[2];
    int t = threadIdx.x;
    s[t].value = t;
    nodes[t].value = 2 * t;
    l[0].value = 3 * t;
    l[1].value = 4 * t;
    l[0].next = &s[t];
    s[t].next = &nodes[t];
    nodes[t].next = &l[1];
    l[1].next = 0;
    out[t] = total(l);
    l[t & 1].value = -1;
    out[32 + t] = total(&s[t]);
}
