/**
 * Milliseconds after which a workflow's task is given to another worker when the one that took it says nothing more. By
 * default it is 10 s, for which a release would stand still if its worker is killed in the few milliseconds of a task,
 * or if a task is handed to one that was killed just then. Replaying a release takes 200 ms; an environment's history
 * can be ten times as long. Somebody stands and waits for the answer to a question, whose history is the shortest.
 */
export const taskTimeouts = { release: 2_000, environment: 4_000, question: 2_000 } as const;
