/** An ordinary program of `@google-cloud/pubsub`, with its clients' REST transport. */
import assert from "node:assert/strict";
import { all, endpoint, fails, load, passes, refused, runSteps, signIn } from "./steps.js";

const { PubSub, v1 } = load("@google-cloud/pubsub");
const { hostname, port } = new URL(endpoint);

const authClient = signIn(["https://www.googleapis.com/auth/pubsub"]);
const options = {
  projectId: "example-123",
  servicePath: hostname,
  port: Number(port),
  protocol: "http",
  fallback: true,
  authClient,
};
const pubsub = new PubSub({ ...options, apiEndpoint: `${hostname}:${port}`, emulatorMode: false });
const publisher = new v1.PublisherClient(options);
const subscriber = new v1.SubscriberClient(options);

const project = "projects/example-123";
const topic = `${project}/topics/orders`;
const subscription = `${project}/subscriptions/kitchen`;
const names = (items) => items.map(({ name }) => name).toSorted();

await runSteps([
  passes("create a topic", async () => {
    const [made] = await pubsub.createTopic("orders");
    assert.equal(made.name, topic);
    assert.deepEqual(await pubsub.topic("orders").exists(), [true]);
  }),
  passes("a second topic of that name is a conflict", () => fails(409, () => pubsub.createTopic("orders"))),
  passes("create a topic with labels and retention", async () => {
    const [made] = await publisher.createTopic({
      name: `${project}/topics/returns`,
      labels: { team: "kitchen" },
      messageRetentionDuration: { seconds: 86_400 },
    });
    assert.deepEqual(made.labels, { team: "kitchen" });
    const [read] = await publisher.getTopic({ topic: `${project}/topics/returns` });
    assert.equal(Number(read.messageRetentionDuration.seconds), 86_400);
  }),
  passes("list topics", async () => {
    await pubsub.createTopic("refunds");
    const [topics] = await pubsub.getTopics();
    assert.deepEqual(names(topics), [
      `${project}/topics/orders`,
      `${project}/topics/refunds`,
      `${project}/topics/returns`,
    ]);
    assert.equal((await all(publisher.listTopicsAsync({ project, pageSize: 2 }))).length, 3);
  }),
  passes("change a topic", async () => {
    await pubsub.topic("orders").setMetadata({ labels: { stage: "test" } });
    const [metadata] = await pubsub.topic("orders").getMetadata();
    assert.deepEqual(metadata.labels, { stage: "test" });
  }),
  passes("a missing topic is not found", async () => {
    await fails(404, () => pubsub.topic("missing").getMetadata());
  }),
  passes("create a subscription", async () => {
    const [made] = await pubsub.topic("orders").createSubscription("kitchen", { ackDeadlineSeconds: 20 });
    assert.equal(made.name, subscription);
    const [metadata] = await made.getMetadata();
    assert.equal(metadata.topic, topic);
    assert.equal(metadata.ackDeadlineSeconds, 20);
  }),
  passes("create a subscription with push and dead letters", async () => {
    await pubsub.topic("orders").createSubscription("waiters", {
      pushConfig: { pushEndpoint: "https://example.com/push", attributes: { "x-goog-version": "v1" } },
      deadLetterPolicy: { deadLetterTopic: `${project}/topics/refunds`, maxDeliveryAttempts: 7 },
      retryPolicy: { minimumBackoff: { seconds: 5 }, maximumBackoff: { seconds: 300 } },
    });
    const [metadata] = await pubsub.subscription("waiters").getMetadata();
    assert.equal(metadata.pushConfig.pushEndpoint, "https://example.com/push");
    assert.equal(metadata.deadLetterPolicy.maxDeliveryAttempts, 7);
    assert.equal(Number(metadata.retryPolicy.maximumBackoff.seconds), 300);
  }),
  passes("list subscriptions", async () => {
    const [subscriptions] = await pubsub.getSubscriptions();
    assert.deepEqual(names(subscriptions), [subscription, `${project}/subscriptions/waiters`]);
  }),
  refused("list the subscriptions of a topic", async () => {
    const [subscriptions] = await pubsub.topic("orders").getSubscriptions();
    assert.deepEqual(names(subscriptions), [subscription, `${project}/subscriptions/waiters`]);
  }),
  passes("change a subscription", async () => {
    await pubsub.subscription("kitchen").setMetadata({ ackDeadlineSeconds: 60, labels: { stage: "test" } });
    const [metadata] = await pubsub.subscription("kitchen").getMetadata();
    assert.equal(metadata.ackDeadlineSeconds, 60);
    assert.deepEqual(metadata.labels, { stage: "test" });
    assert.equal(metadata.topic, topic);
  }),
  passes("change where a subscription pushes", async () => {
    const waiters = pubsub.subscription("waiters");
    await waiters.modifyPushConfig({ pushEndpoint: "https://example.com/other" });
    assert.equal((await waiters.getMetadata())[0].pushConfig.pushEndpoint, "https://example.com/other");
  }),
  passes("change the IAM policy of a topic", async () => {
    const { iam } = pubsub.topic("orders");
    const bindings = [{ role: "roles/pubsub.publisher", members: ["user:cook@example.com"] }];
    const [policy] = await iam.setPolicy({ bindings });
    assert.equal(policy.bindings[0].role, "roles/pubsub.publisher");
    // This client reads it by POST, where the API has GET.
    await fails(404, () => iam.getPolicy());
  }),
  passes("test permissions of a topic", async () => {
    const [permissions] = await pubsub.topic("orders").iam.testPermissions(["pubsub.topics.publish"]);
    assert.deepEqual(permissions, { "pubsub.topics.publish": true });
  }),
  refused("publish a message", () => pubsub.topic("orders").publishMessage({ data: Buffer.from("two teapots") })),
  refused("pull messages", () => subscriber.pull({ subscription, maxMessages: 5 })),
  refused("acknowledge messages", () => subscriber.acknowledge({ subscription, ackIds: ["ack-1"] })),
  refused("seek to a time", () => pubsub.subscription("kitchen").seek(new Date("2026-01-01"))),
  passes("create, list and delete a snapshot", async () => {
    const [made] = await pubsub.subscription("kitchen").createSnapshot("monday");
    assert.equal(made.name, `${project}/snapshots/monday`);
    assert.deepEqual(names((await pubsub.getSnapshots())[0]), [`${project}/snapshots/monday`]);
    await made.delete();
    assert.deepEqual((await pubsub.getSnapshots())[0], []);
  }),
  passes("detach a subscription", async () => {
    await pubsub.detachSubscription("waiters");
    assert.deepEqual(await pubsub.subscription("waiters").detached(), [true]);
  }),
  passes("delete a subscription", async () => {
    await pubsub.subscription("kitchen").delete();
    await fails(404, () => pubsub.subscription("kitchen").getMetadata());
  }),
  passes("delete a topic", async () => {
    await pubsub.topic("refunds").delete();
    assert.deepEqual(names((await pubsub.getTopics())[0]), [`${project}/topics/orders`, `${project}/topics/returns`]);
  }),
]);
