"""Trial decryption in columns: every key and layout against every stored value, at the speed of AES.

One block decides: the last block of every value goes through one AES call for each key, the padding is
checked for all rows at once, and only what survives is decrypted in full. A cipher object for each value
would be about 300 times slower.
"""
