"""The time of the executions."""

import datetime
import sys
import threading
import time

WAITING = ("threading.py", "queue.py", "clock.py")
# Seconds after which an answer counts as one that waits for the clock itself: that to a question for another execution.
SLOW_ANSWER = 0.05


class Clock:
    """Jumps to the moment at which the first sleeper goes on, once every other thread waits, too."""

    def __init__(self, waiting):
        self.now = int(datetime.datetime(2026, 1, 1, 12, tzinfo=datetime.timezone.utc).timestamp() * 1000)
        self.waiting = waiting
        self.touched = 0
        self.sleepers = []
        self.rules = True
        self.changed = threading.Condition()
        threading.Thread(target=self.turn, daemon=True).start()

    def moment(self):
        """The time by this clock, where executions go by it, and that of the machine otherwise."""
        return datetime.datetime.fromtimestamp(self.now / 1000 if self.rules else time.time(), datetime.timezone.utc)

    def text(self):
        return self.moment().isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def sleep(self, seconds, goes_on=lambda: True):
        """Sleeps until its moment, or until the execution is stopped."""
        woken = threading.Event()
        with self.changed:
            self.sleepers.append((self.now + int(seconds * 1000), len(self.sleepers), woken))
            self.changed.notify()
        while not woken.wait(0.2) and goes_on():
            pass

    def turn(self):
        while True:
            with self.changed:
                self.changed.wait_for(lambda: self.sleepers)
            if self.quiet() and self.quiet():
                with self.changed:
                    self.sleepers.sort(key=lambda sleeper: sleeper[:2])
                    moment, _, woken = self.sleepers.pop(0)
                self.now = max(self.now, moment)
                woken.set()

    def touch(self):
        """Something was asked or answered."""
        self.touched = time.monotonic()

    def quiet(self):
        """No call waits for its answer, unless for long, and nothing is evaluated."""
        time.sleep(0.0005)
        own, main = threading.get_ident(), threading.main_thread().ident
        answered = not self.waiting() or time.monotonic() - self.touched > SLOW_ANSWER
        return answered and all(
            frame.f_code.co_filename.endswith(WAITING) for thread, frame in sys._current_frames().items() if thread not in (own, main)
        )
