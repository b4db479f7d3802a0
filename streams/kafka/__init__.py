"""All that speaks to Kafka but Faust: how it is reached, reading, writing, topics as planned and as they are."""
