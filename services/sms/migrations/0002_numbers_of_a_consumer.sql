-- A stop said at one number bars the consumer's other numbers too, at once.

create index directory_by_consumer on sms.directory (consumer_id);
