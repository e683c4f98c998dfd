"""What styles are rehearsed on: python tools/build_talk.py. Writes mien/style/talk.speech.json, words and prosody of a
made voice (Kokoro's af_heart) that says the text below. No sound is kept."""

from pathlib import Path

import mien
from mien.core.formats import save_speech
from mien.performance.verbs import joined

TEXT = (
    "Let me tell you how we found the place. My brother had drawn a map on the back of an envelope, and of course he "
    "had forgotten the bridge. So we stood there, in the rain, with two bags and a very unhappy cat. What would you "
    "have done? We knocked at the first door. A woman opened, looked at us, and laughed so much that she had to sit "
    "down. She made soup, she dried our coats, and before midnight we knew everything about her village: who was "
    "married, who wished he was not, and why nobody should ever buy a boat from the mayor. The next morning the sun "
    "was shining, the bridge was right behind her house, and we did not want to leave at all."
)
OUT = Path(mien.__file__).parent / "style" / "talk.speech.json"
speech = joined(mien.speak(TEXT))
save_speech(speech, OUT)
print(f"{OUT}: {speech.seconds:.1f} s, {OUT.stat().st_size / 1000:.0f} kB")
