"""Runs a program in gdb, stops at the entry of each function in PLAN and where it has returned, and reads the places named there.

  PLAN    JSON: {"stdout": path, "functions": [{"name", "address", "args": [places…], "ret": places}]}, addresses as linked
  RESULT  JSON: {name: {"args": [{byte of the value: byte}…], "ret": {…} | null}}
"""
import json
import os
import gdb

plan = json.load(open(os.environ["PLAN"]))
result = {}


def register(name):
    value = gdb.selected_frame().read_register(name)
    if name.startswith("xmm"):
        words = [int(value["v2_int64"][half]) & (2**64 - 1) for half in (0, 1)]
        return b"".join(word.to_bytes(8, "little") for word in words)
    return (int(value) & (2**64 - 1)).to_bytes(8, "little")


def number(name):
    return int.from_bytes(register(name)[:8], "little")


def memory(address, size):
    return bytes(gdb.selected_inferior().read_memory(address & (2**64 - 1), size)) if size else b""


def read(place, slide):
    offset, size = place.get("offset") or 0, place["size"]
    if place["kind"] == "register":
        if offset:
            return ((number(place["reg"]) + offset) & (2**64 - 1)).to_bytes(8, "little")[:size]
        return register(place["reg"])[:size]
    if place["kind"] == "constant":
        return bytes.fromhex(place.get("value") or "")[:size]
    base = "rsp" if place["kind"] == "stack" else place.get("base")
    address = offset + (slide if base is None else number(base))
    if place.get("deref"):
        address = int.from_bytes(memory(address, 8), "little")
    return memory(address, size)


def value(places, slide):
    found = {}
    for place in places:
        try:
            data = read(place, slide)
        except gdb.MemoryError:
            data = []
            found["unreadable"] = True
        for index, byte in enumerate(data):
            found[(place.get("value_offset") or 0) + index] = byte
    return found


class Return(gdb.Breakpoint):
    def __init__(self, address, function, slide):
        super().__init__("*%d" % address, internal=True, temporary=True)
        self.silent, self.function, self.slide = True, function, slide

    def stop(self):
        result[self.function["name"]]["ret"] = value(self.function["ret"], self.slide)
        return False


class Entry(gdb.Breakpoint):
    def __init__(self, function, slide):
        super().__init__("*%d" % (int(function["address"], 16) + slide), internal=True)
        self.silent, self.function, self.slide = True, function, slide

    def stop(self):
        args = [value(places, self.slide) for places in self.function["args"]]
        result[self.function["name"]] = {"args": args, "ret": None}
        Return(int.from_bytes(memory(number("rsp"), 8), "little"), self.function, self.slide)
        return False


for setting in ("pagination off", "debuginfod enabled off", "style enabled off", "language c", "breakpoint pending off"):
    gdb.execute("set " + setting)
gdb.execute("starti > " + plan["stdout"], to_string=True)
binary = os.path.realpath(gdb.current_progspace().filename)
slide = None
for line in open("/proc/%d/maps" % gdb.selected_inferior().pid):
    fields = line.split()
    if len(fields) > 5 and fields[5] == binary and int(fields[2], 16) == 0:
        slide = int(fields[0].split("-")[0], 16) if plan["pie"] else 0
        break
for function in plan["functions"]:
    Entry(function, slide)
gdb.execute("continue", to_string=True)
json.dump(result, open(os.environ["RESULT"], "w"))
