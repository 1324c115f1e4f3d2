/** What is asked for while the scripts that need it are still on their way; they take it over. */

const answers = new Map<string, Promise<Response>>();

/** Ask for something now. */
export function askAhead(url: string): void {
  const answer = fetch(new URL(url, document.baseURI));
  // whoever takes the answer is told what was wrong with it
  answer.catch(() => undefined);
  answers.set(url, answer);
}

/** The answer to what was asked ahead; it is taken once. */
export function takeAhead(url: string): Promise<Response> | undefined {
  const answer = answers.get(url);
  answers.delete(url);
  return answer;
}
