-- What was not verified may yet be a real delivery, signed with a secret that is set up wrong: its names and numbers are nobody's business here.
-- Whoever looks for a wrong setting has the reason, the digest and the length, and the connection's page.
alter table reconciler.rejected_deliveries drop column body_head;
