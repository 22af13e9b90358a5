"""A value that cannot be used, said in two plain sentences: what is wrong, and what to do."""

from engage.core.errors import Invalid


class WrongValue(Invalid):
    """`wrong` says what is the matter, `cure` what to do about it; neither repeats the value, which may be personal."""

    def __init__(self, wrong: str, cure: str) -> None:
        super().__init__(f"{wrong} {cure}")
        self.wrong = wrong
        self.cure = cure
