"""One fault, told.
 In: a stored injection and what it takes to run it again. Out: a `story.Explanation`: what was struck, what
the thread then did, what memory held afterwards, and how that went through the network.
"""
