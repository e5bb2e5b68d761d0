"""Runs a program in gdb up to the first call of each function, and reads its parameters by both tools' places.

  PLAN    JSON: {"command": [arguments], "pie": …, "functions": [{"address", "ranges", "args": [{"name", "nth", "places", "follow", "pointer"}…]}…]},
          addresses as linked, places as `rsym show --json` has them
  RESULT  JSON: {address: [{"own": {byte: value}, "gdb": {…} or null, "steps": of the function until gdb reads the same, or null,
          "readable": whether the pointer that it is points to memory, or null; a small number, which is how
          a reference to what has no size looks, counts as such}…]}

`follow`: gdb's value is read again after each instruction of the function, MOST_STEPS at most.
"""
import json
import os
import shlex
import gdb

MOST_STEPS = 80
plan = json.load(open(os.environ["PLAN"]))
result = {}


def number(name):
    return int(gdb.newest_frame().read_register(name)) & (2**64 - 1)


def register(name):
    if name.startswith("xmm"):
        value = gdb.newest_frame().read_register(name)
        return b"".join((int(value["v2_int64"][half]) & (2**64 - 1)).to_bytes(8, "little") for half in (0, 1))
    return number(name).to_bytes(8, "little")


def memory(address, size):
    return bytes(gdb.selected_inferior().read_memory(address & (2**64 - 1), size)) if size else b""


def read_place(place):
    offset, size = place.get("offset") or 0, place["size"]
    if place["kind"] == "register":
        if offset:
            return ((number(place["reg"]) + offset) & (2**64 - 1)).to_bytes(8, "little")[:size]
        return register(place["reg"])[:size]
    if place["kind"] == "constant":
        return bytes.fromhex(place["value"])
    base = "rsp" if place["kind"] == "stack" else place["base"]
    address = (slide + int(offset, 16)) if base is None else number(base) + offset
    for add in place.get("followed") or ([0] if place.get("deref") else []):
        address = int.from_bytes(memory(address, 8), "little") + add
    return memory(address, size)


def by_places(places):
    found = {}
    for place in places:
        if place["kind"] == "gone":
            continue
        try:
            for index, byte in enumerate(read_place(place)):
                found[place["value_offset"] + index] = byte
        except (gdb.error, gdb.MemoryError):
            pass
    return found


def bytes_of(value, at=0):
    """The bytes of a value that gdb has, wherever it has them from."""
    if value.is_optimized_out:
        return {}
    kind = value.type.strip_typedefs()
    if value.address is not None:
        return {at + i: byte for i, byte in enumerate(memory(int(value.address), kind.sizeof))}
    if kind.code in (gdb.TYPE_CODE_STRUCT, gdb.TYPE_CODE_UNION):
        found = {}
        for field in kind.fields():
            try:
                found.update(bytes_of(value[field], at + field.bitpos // 8))
            except (gdb.error, AttributeError):
                pass
        return found
    return {at + i: byte for i, byte in enumerate((int(value) & (2**(8 * kind.sizeof) - 1)).to_bytes(kind.sizeof, "little"))}


def by_gdb(argument):
    frame = gdb.newest_frame()
    while frame.type() == gdb.INLINE_FRAME:
        frame = frame.older()
    block = frame.block()
    while block.function is None:
        block = block.superblock
    named = [symbol for symbol in block if symbol.is_argument and symbol.print_name == argument["name"]]
    if len(named) <= argument["nth"]:
        return None
    try:
        return bytes_of(named[argument["nth"]].value(frame))
    except (gdb.error, gdb.MemoryError):
        return {}


def is_readable(address):
    if 0 < address < 4096:
        return True
    try:
        memory(address, 1)
        return True
    except (gdb.error, gdb.MemoryError):
        return False


def arrive(can_follow):
    """Reads what is entered where the selected thread stands."""
    at = number("rip")
    if at not in pending or not can_follow and any(a["follow"] for a in pending[at][0]["args"]):
        return False
    function, breakpoint = pending.pop(at)
    breakpoint.delete()
    watch(function)
    return True


def watch(function):
    args = function["args"]
    answers = [{"own": by_places(a["places"]), "gdb": by_gdb(a), "steps": None, "readable": None} for a in args]
    for argument, answer in zip(args, answers):
        if argument["pointer"] and len(answer["own"]) == 8:
            answer["readable"] = is_readable(int.from_bytes(bytes(answer["own"][i] for i in range(8)), "little"))
    result[function["address"]] = answers
    left = [i for i, a in enumerate(args) if a["follow"] and answers[i]["own"]]
    thread = gdb.selected_thread()
    for step in range(1, MOST_STEPS + 1):
        if not left:
            return
        gdb.execute("nexti", to_string=True)
        if not gdb.selected_inferior().threads():
            return
        if gdb.selected_thread().num != thread.num:
            # Another thread entered a function meanwhile; one that is to be followed is left for its next call.
            arrive(False)
            thread.switch()
            continue
        pc = number("rip") - slide
        if not any(start <= pc < end for start, end in function["ranges"]):
            return
        for i in list(left):
            now = by_gdb(args[i]) or {}
            if all(now.get(at) == byte for at, byte in answers[i]["own"].items()):
                answers[i]["steps"] = step
                left.remove(i)


for setting in ("pagination off", "debuginfod enabled off", "style enabled off", "language c", "breakpoint pending off",
                "args " + " ".join(shlex.quote(argument) for argument in plan["command"]) + " > /dev/null 2>&1"):
    gdb.execute("set " + setting)
gdb.execute("starti", to_string=True)
binary = os.path.realpath(gdb.current_progspace().filename)
slide = 0
for line in open("/proc/%d/maps" % gdb.selected_inferior().pid):
    fields = line.split()
    if plan["pie"] and len(fields) > 5 and fields[5] == binary and int(fields[2], 16) == 0:
        slide = int(fields[0].split("-")[0], 16)
        break
pending = {}
for function in plan["functions"]:
    at = int(function["address"], 16) + slide
    pending[at] = (function, gdb.Breakpoint("*%d" % at, internal=True))
while pending:
    gdb.execute("continue", to_string=True)
    # An instruction that was stepped to may be another function's first.
    while gdb.selected_inferior().threads() and arrive(True):
        pass
    if not gdb.selected_inferior().threads():
        break
json.dump(result, open(os.environ["RESULT"], "w"))
