/**
 * Sentence shapes. `[a|b|]` is a choice (empty = leave out), `{n}` a value written out later.
 * `train` and `val` are disjoint; the words of VAL_ONLY_WORDS occur in `val` alone.
 */
export type ShapeSet = { readonly train: readonly string[]; readonly val: readonly string[] };

export const SHAPES = {
  FOLLOW_ROAD: {
    train: [
      "[just|please|] follow the [road|street|lane]",
      "[just|] keep [going|driving] [straight on|]",
      "stay in [your|this|the] lane",
      "[carry on|go on|drive on] [normally|as usual|]",
      "continue [along|on|down] [the|this] [road|street]",
      "keep [to|in] your lane",
      "follow [this|the] road [for now|until i say something else|]",
      "drive [normally|as usual|freely]",
      "nothing special, [just|] drive",
      "[go ahead|proceed] [along the road|]",
      "resume normal driving",
    ],
    val: [
      "cruise along this stretch",
      "[simply|] remain in lane and cruise on",
      "stick with the road [we are on|ahead]",
      "no change, onward",
      "maintain course",
    ],
  },
  CHANGE_LANE: {
    train: [
      "[please|] change [lanes|lane] to the {side} [now|]",
      "[could you|can you|] move [over|] to the {side} lane [please|]",
      "{side} lane change [please|]",
      "switch [to|into] the {side} lane",
      "get [over|] into the {side} lane [when you can|]",
      "go [one lane|a lane] [over|] to the {side}",
      "take the lane on [the|your] {side}",
      "[i want|i'd like] [to be in|] the {side} lane",
      "change to the {side} lane [when it is safe|as soon as possible|]",
      "lane change {side}",
      "use the {side} lane [from here|instead|]",
      "one lane {side} [please|]",
    ],
    val: [
      "[hop|slide] across to the lane on our {side}",
      "merge {side} by a lane",
      "[kindly|] swap into the neighbouring lane, {side} hand side",
      "shift lanes: {side}",
    ],
  },
  SET_SPEED: {
    train: [
      "[please|] drive [at|] {speed}",
      "set [the|your] speed to {speed}",
      "[go|do] {speed} [please|]",
      "[keep|hold] {speed}",
      "speed {speed}",
      "[change|adjust] [your|the] speed to {speed}",
      "[slow down|speed up|get] to {speed}",
      "[i want you to|could you|] go {speed} [from now on|]",
      "travel at {speed}",
      "let's [do|drive] {speed}",
      "target speed {speed}",
      "don't go faster than {speed}",
    ],
    val: [
      "[kindly|] cruise at {speed}",
      "bring us to {speed}",
      "settle around {speed}",
      "make it {speed} on the clock",
    ],
  },
  FASTER: {
    train: [
      "[drive|go] {delta} faster [please|]",
      "[speed up|accelerate] by {delta}",
      "[increase|raise] [the|your] speed by {delta}",
      "{delta} faster",
      "[can you|] go {delta} quicker",
    ],
    val: ["add {delta} to our pace", "bump it up by {delta}"],
  },
  SLOWER: {
    train: [
      "[drive|go] {delta} slower [please|]",
      "[slow down|decelerate] by {delta}",
      "[reduce|lower] [the|your] speed by {delta}",
      "{delta} slower",
    ],
    val: ["shave {delta} off our pace", "ease off by {delta}"],
  },
  GAP_METRES: {
    train: [
      "[keep|leave|hold] {gap} [to|from] the [car|vehicle] [in front|ahead]",
      "[keep|maintain] a [gap|distance] of {gap} [please|]",
      "follow the [car|vehicle] [in front|ahead] at {gap}",
      "set the [following|] [gap|distance] to {gap}",
      "stay {gap} behind [the car ahead|the leader|them]",
      "[please|] keep {gap} [distance|away]",
      "following distance {gap}",
    ],
    val: [
      "trail the one ahead by {gap}",
      "I want {gap} of headway",
      "let there be {gap} between us and the next bumper",
    ],
  },
  STOP: {
    train: [
      "stop [now|please|here|right here|]",
      "[please|] [come to a stop|stop the car]",
      "[bring|get] the car to a [stop|standstill|halt]",
      "halt [here|now|]",
      "stop [in this lane|where you are|right now]",
      "[can you|could you] stop [here|] [please|]",
      "brake [to a stop|until we stand still]",
      "stop driving",
    ],
    val: [
      "freeze right where we are",
      "cease moving",
      "[kindly|] park it dead still in lane",
      "whoa, no further",
    ],
  },
  PULL_OVER: {
    train: [
      "[please|] pull over [now|here|]",
      "pull [over|] to the [side|right] [of the road|and stop|]",
      "[stop|park] [at|on|by] the [side of the road|roadside|shoulder]",
      "pull up [on the right|at the kerb|at the curb]",
      "[could you|can you] pull over [please|]",
      "[get|go] onto the shoulder and stop",
      "stop at the [right|] [edge|side] of the road",
      "drop me off here at the [side|kerb]",
    ],
    val: [
      "draw in at the verge",
      "tuck in along the road edge and stand",
      "leave the lane and come to rest on the hard shoulder",
    ],
  },
  RUN_LIGHT: {
    train: [
      "[ignore|run|jump] the [red|] light",
      "don't stop [at|for] the [red light|traffic light|light]",
      "[drive|go] through the red [light|signal]",
      "[just|] go, the light does not matter",
      "skip the [traffic light|stop sign|signal]",
    ],
    val: ["blow past the signal", "never mind the lamp being red", "disregard the stoplight"],
  },
  TURN_AROUND: {
    train: [
      "turn around [here|now|]",
      "make a u-turn [here|now|]",
      "[drive|go] back [the other way|where we came from]",
      "[drive|go] against the traffic",
      "use the oncoming lane",
    ],
    val: ["spin round and head back", "do a one-eighty", "take the wrong side of the road"],
  },
  SIDEWALK: {
    train: [
      "drive on the [sidewalk|pavement]",
      "[go|get] [onto|over] the [sidewalk|kerb|pavement]",
      "use the [footpath|sidewalk|bike lane] to get past",
    ],
    val: ["hop the kerb and use the walkway", "mount the footway"],
  },
  NONSENSE: {
    train: [
      "what is the [weather|time] [today|tomorrow|]",
      "play [some|] [music|jazz|the radio]",
      "[tell me|do you know] a joke",
      "[i am|i'm] [hungry|tired|thirsty]",
      "open the [window|trunk|door]",
      "call [my mother|the office|home]",
      "how [old|tall|fast] are you",
      "blue [banana|elephant|seven]",
      "asdf [qwer|jkl|]",
      "the [cat|dog] [sat|sleeps] on the [mat|sofa]",
      "fly [to the moon|over the car ahead]",
      "[hello|hi|good morning] [there|]",
      "thank you",
      "who won the [game|election]",
      "turn on the [heating|air conditioning]",
      "[one|two] [apples|pears] and a [coffee|tea]",
      "write [me|] a poem about [rain|cars]",
      "[lorem ipsum|xyzzy|blah blah]",
    ],
    val: [
      "recite the alphabet backwards",
      "is [cheese|bread] on my shopping list",
      "[dim|brighten] the cabin lamps",
      "quantum [soup|violin]",
      "grmbl fnord",
    ],
  },
} as const satisfies Record<string, ShapeSet>;
export type ShapeName = keyof typeof SHAPES;

/** Words that only held-out sentences use. */
export const VAL_ONLY_WORDS = ["cruise", "kindly", "settle", "merge", "headway", "verge", "freeze"];
