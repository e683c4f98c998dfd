"""A photo says a sentence, with feeling. Run: python examples/01_say/say.py [OUTPUT.mp4]"""

import sys

import mien

output = sys.argv[1] if len(sys.argv) > 1 else "hello.mp4"

take = mien.say("Hello! It is good to see you.", emotion="happy:0.8", size=256)
for word in take.words:
    print(f"{word.start:5.2f} s  {word.value}")
take.save(output)
print(f"jaw opens up to {take.motion['jawOpen'].max():.2f}; the video is {output}")
