// Reads requests as JSON lines {secret, id, timestamp, signature, body (base64)}; answers each with a line: "verified" or "refused".
const { createInterface } = require("node:readline");
const { Webhook, WebhookVerificationError } = require("standardwebhooks");

createInterface({ input: process.stdin }).on("line", (line) => {
  const { secret, id, timestamp, signature, body } = JSON.parse(line);
  const headers = { "webhook-id": id, "webhook-timestamp": timestamp, "webhook-signature": signature };
  try {
    new Webhook(secret).verify(Buffer.from(body, "base64").toString("utf8"), headers);
    console.log("verified");
  } catch (refusal) {
    if (!(refusal instanceof WebhookVerificationError)) throw refusal;
    console.log("refused");
  }
});
