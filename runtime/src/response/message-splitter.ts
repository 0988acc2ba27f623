/** Text of a streamed response → the JSON text of each message, as soon as it is complete. */

/** Takes text as it arrives. */
export interface Splitter {
  /** The messages that this text completes. */
  push(text: string): string[];
  /** What is left when the body ends: empty after a complete response. */
  rest(): string;
}

/** The elements of a JSON array, or values that follow each other (one object, or one per line). */
export class JsonSplitter implements Splitter {
  #text = "";
  /** Where reading goes on. */
  #at = 0;
  /** Where the current message starts; -1 between messages. */
  #start = -1;
  /** Open brackets of the current message. */
  #depth = 0;
  #isInString = false;
  #isArray = false;
  #isClosed = false;

  push(text: string): string[] {
    this.#text += text;
    const messages: string[] = [];
    for (; this.#at < this.#text.length; this.#at++) {
      const message = this.#read(this.#text.charAt(this.#at));
      if (message !== undefined) messages.push(message);
    }
    const kept = this.#start === -1 ? this.#at : this.#start;
    this.#text = this.#text.slice(kept);
    this.#at -= kept;
    if (this.#start !== -1) this.#start = 0;
    return messages;
  }

  rest(): string {
    if (this.#isArray && !this.#isClosed && this.#start === -1) return "[";
    return this.#start === -1 ? "" : this.#text;
  }

  #read(character: string): string | undefined {
    if (this.#isInString) {
      // The character behind a backslash is skipped, also where it arrives later.
      if (character === "\\") this.#at++;
      else if (character === '"') this.#isInString = false;
      return undefined;
    }
    if (this.#start === -1) return this.#between(character);
    if (character === '"') this.#isInString = true;
    else if (character === "{" || character === "[") this.#depth++;
    else if (character === "}" || character === "]") {
      if (this.#depth === 0) return this.#ended(character);
      this.#depth--;
      if (this.#depth === 0) return this.#take(this.#at + 1);
    } else if (this.#depth === 0 && /[\s,]/.test(character)) return this.#take(this.#at);
    return undefined;
  }

  #between(character: string): undefined {
    if (/[\s,\ufeff]/.test(character)) return undefined;
    if (character === "[" && !this.#isArray) {
      this.#isArray = true;
      return undefined;
    }
    if (character === "]") {
      this.#isClosed = true;
      return undefined;
    }
    this.#start = this.#at;
    this.#isInString = character === '"';
    this.#depth = character === "{" || character === "[" ? 1 : 0;
    return undefined;
  }

  /** The array ends right behind a number or a word. */
  #ended(character: string): string {
    if (character === "]") this.#isClosed = true;
    return this.#take(this.#at);
  }

  #take(end: number): string {
    const message = this.#text.slice(this.#start, end);
    this.#start = -1;
    return message;
  }
}

/** The data of server-sent events (https://html.spec.whatwg.org/multipage/server-sent-events.html). */
export class EventSplitter implements Splitter {
  #line = "";
  #data: string[] = [];
  #endsWithReturn = false;

  push(text: string): string[] {
    const messages: string[] = [];
    // A line feed that follows a carriage return in the chunk before belongs to it.
    const start = this.#endsWithReturn && text.startsWith("\n") ? text.slice(1) : text;
    if (text !== "") this.#endsWithReturn = text.endsWith("\r");
    const lines = (this.#line + start).split(/\r\n|\r|\n/);
    this.#line = lines.pop() ?? "";
    for (const line of lines) {
      if (line !== "") this.#field(line);
      else if (this.#data.length > 0) messages.push(this.#data.splice(0).join("\n"));
    }
    return messages;
  }

  rest(): string {
    return this.#data.join("\n") + this.#line;
  }

  /** Names of events, ids and comments are not needed. */
  #field(line: string): void {
    const data = /^data:? ?(.*)$/s.exec(line)?.[1];
    if (data !== undefined) this.#data.push(data);
  }
}
