"""One person taken out of everything that is kept, with proof; or given a copy of it."""

from graphfraud.forgetting.forget import Forgotten, forget
from graphfraud.forgetting.gather import export_person
from graphfraud.forgetting.places import Places

__all__ = ["Forgotten", "Places", "export_person", "forget"]
