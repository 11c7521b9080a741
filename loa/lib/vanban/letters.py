"""Letter classes for regular expressions: Vietnamese capitals and small letters, exactly.

A range such as `à-ỹ` would not do: capitals and small letters alternate in Unicode (Ạ ạ Ả ả).
"""

#: small letters, to be put inside [...]
LOW = "a-zàáâãèéêìíîòóôõùúûýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ"
#: capitals, to be put inside [...]
UP = "A-ZÀÁÂÃÈÉÊÌÍÎÒÓÔÕÙÚÛÝĂĐĨŨƠƯẠẢẤẦẨẪẬẮẰẲẴẶẸẺẼẾỀỂỄỆỈỊỌỎỐỒỔỖỘỚỜỞỠỢỤỦỨỪỬỮỰỲỴỶỸ"
