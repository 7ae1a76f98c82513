"""Other injectors' files: sites for SASSIFI and NVBitFI, and their results.

In: a campaign, or result files of theirs. Out: injection lists, or rows that stand beside ours (imported).
"""
