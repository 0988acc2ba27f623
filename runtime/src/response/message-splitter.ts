/**
 * Splits the body of a streamed response into the JSON texts of its messages, each byte read once.
 *
 * Works on bytes: the structure of JSON and server-sent events is ASCII, so chunks may split a character.
 */

/** Splits a body while it arrives. */
export interface Splitter {
  /** Yields the messages that this chunk completes. */
  push(chunk: Uint8Array): Generator<string, void, undefined>;
  /** Yields the message that the end of the body completes. */
  end(): Generator<string, void, undefined>;
}

/** The maximum length of a message, and the errors that a splitter throws. */
export interface MessageLimits {
  /** In bytes. */
  readonly maxBytes: number;
  tooLarge(): Error;
  invalid(problem: string): Error;
}

/** The bytes of a message, which arrive in any number of chunks. */
class Collected {
  readonly #limits: MessageLimits;
  readonly #decoder = new TextDecoder();
  #text = "";
  /** Since {@link reset}. */
  #bytes = 0;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
  }

  get isEmpty(): boolean {
    return this.#bytes === 0;
  }

  add(part: Uint8Array): void {
    this.#bytes += part.length;
    if (this.#bytes > this.#limits.maxBytes) throw this.#limits.tooLarge();
    this.#text += this.#decoder.decode(part, { stream: true });
  }

  take(): string {
    const text = this.#text + this.#decoder.decode();
    this.#text = "";
    return text;
  }

  reset(): void {
    this.#bytes = 0;
  }
}

const quote = 0x22;
const comma = 0x2c;
const openBracket = 0x5b;
const backslash = 0x5c;
const closeBracket = 0x5d;
const openBrace = 0x7b;
const closeBrace = 0x7d;
const lineFeed = 0x0a;
const carriageReturn = 0x0d;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === lineFeed || byte === carriageReturn || byte === 0x09;
}

/** A byte order mark in UTF-8. */
function isMark(byte: number | undefined): boolean {
  return byte === 0xef || byte === 0xbb || byte === 0xbf;
}

/** Splits a JSON array into its elements, or a sequence of values: one object, or one per line. */
export class JsonSplitter implements Splitter {
  readonly #limits: MessageLimits;
  readonly #message: Collected;
  /** What is expected between two messages. `sequence`: values without an array. */
  #next: "end" | "first element" | "separator" | "sequence" | "start" | "value" = "start";
  #isInside = false;
  /** The number of open brackets and braces in the message. */
  #depth = 0;
  #isInString = false;
  #isEscaped = false;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
    this.#message = new Collected(limits);
  }

  *push(chunk: Uint8Array): Generator<string, void, undefined> {
    for (let at = 0; at < chunk.length;) {
      this.#isInside ||= this.#begins(chunk[at]);
      if (!this.#isInside) {
        at++;
        continue;
      }
      const end = this.#endOf(chunk, at);
      this.#message.add(chunk.subarray(at, end));
      if (end === undefined) return;
      at = end;
      yield this.#take();
    }
  }

  *end(): Generator<string, void, undefined> {
    // The end of a number or a literal is only known from the byte after it.
    if (this.#isInside && this.#next === "sequence" && this.#depth === 0 && !this.#isInString) yield this.#take();
    const isComplete = this.#next === "start" || this.#next === "sequence" || this.#next === "end";
    if (this.#isInside || !isComplete) throw this.#limits.invalid("its stream ended before it was complete");
  }

  #take(): string {
    this.#isInside = false;
    if (this.#next !== "sequence") this.#next = "separator";
    this.#message.reset();
    return this.#message.take();
  }

  /** Reads a byte between two messages. Returns whether a message begins with it. */
  #begins(byte: number | undefined): boolean {
    if (isSpace(byte) || (this.#next === "start" && isMark(byte))) return false;
    if (this.#next === "start" && byte === openBracket) {
      this.#next = "first element";
      return false;
    }
    if (byte === closeBracket && (this.#next === "first element" || this.#next === "separator")) {
      this.#next = "end";
      return false;
    }
    if (byte === comma && this.#next === "separator") {
      this.#next = "value";
      return false;
    }
    const isOver = this.#next === "separator" || this.#next === "end";
    if (isOver || byte === comma || byte === closeBracket || byte === closeBrace)
      throw this.#limits.invalid("its stream is not a JSON array of messages");
    if (this.#next === "start") this.#next = "sequence";
    return true;
  }

  /** Returns the offset after the message; `undefined` if it continues in the next chunk. */
  #endOf(chunk: Uint8Array, from: number): number | undefined {
    for (let at = from; at < chunk.length; at++) {
      const byte = chunk[at];
      if (this.#isInString) {
        if (this.#isEscaped) this.#isEscaped = false;
        else if (byte === backslash) this.#isEscaped = true;
        else if (byte === quote) {
          this.#isInString = false;
          if (this.#depth === 0) return at + 1;
        }
      } else if (byte === quote) this.#isInString = true;
      else if (byte === openBrace || byte === openBracket) this.#depth++;
      else if (byte === closeBrace || byte === closeBracket) {
        // This bracket closes the array, after a number or a literal.
        if (this.#depth === 0) return at;
        this.#depth--;
        if (this.#depth === 0) return at + 1;
      } else if (this.#depth === 0 && (byte === comma || isSpace(byte))) return at;
    }
    return undefined;
  }
}

/** Splits server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html) into their data. */
export class EventSplitter implements Splitter {
  readonly #limits: MessageLimits;
  readonly #line: Collected;
  readonly #data: string[] = [];
  #isAfterReturn = false;
  /** Set if the rest of the body is plain JSON. */
  #json: JsonSplitter | undefined;

  constructor(limits: MessageLimits) {
    this.#limits = limits;
    this.#line = new Collected(limits);
  }

  *push(chunk: Uint8Array): Generator<string, void, undefined> {
    if (this.#json !== undefined) return yield* this.#json.push(chunk);
    let start = 0;
    for (let at = 0; at < chunk.length; at++) {
      const byte = chunk[at];
      const isSecondHalf = byte === lineFeed && this.#isAfterReturn;
      this.#isAfterReturn = byte === carriageReturn;
      if (isSecondHalf) start = at + 1;
      else if (byte === lineFeed || byte === carriageReturn) {
        this.#line.add(chunk.subarray(start, at));
        start = at + 1;
        yield* this.#lineEnd();
      } else if ((byte === openBrace || byte === openBracket) && at === start && this.#line.isEmpty) {
        // No field begins with a bracket. A server may write an error without the format of events.
        this.#json = new JsonSplitter(this.#limits);
        return yield* this.#json.push(chunk.subarray(at));
      }
    }
    this.#line.add(chunk.subarray(start));
  }

  *end(): Generator<string, void, undefined> {
    if (this.#json !== undefined) return yield* this.#json.end();
    yield* this.#lineEnd();
    yield* this.#lineEnd();
  }

  *#lineEnd(): Generator<string, void, undefined> {
    const line = this.#line.take();
    if (line !== "") {
      // Event names, ids and comments are ignored.
      const [field] = /^data(?:: ?|$)/.exec(line) ?? [];
      if (field !== undefined) this.#data.push(line.slice(field.length));
      return;
    }
    this.#line.reset();
    const data = this.#data.splice(0).join("\n");
    if (data.trim() !== "") yield data;
  }
}
