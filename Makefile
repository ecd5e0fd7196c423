# Global Sales Pulse. `make` lists the targets. Each runs in containers or locally: see RUNTIME in .env.example.
.DEFAULT_GOAL := help
MAKEFLAGS += --no-print-directory

# Every target below has one line of help and no recipe: local/run.sh runs it in the runtime of this machine.
TARGETS := setup dev-up dev-down dev-logs dev-build dev-restart secrets prod-up prod-down prod-logs \
	test test-unit test-int test-preview test-grafana test-e2e test-hang test-prod test-faults test-faults-long test-mutants lint lint-fix format typecheck \
	db-migrate db-reset db-shell backup restore mark shell-etl shell-producer shell-kafka shell-grafana grafana-logs \
	kafka-topics kafka-consume bench clean
.PHONY: help doctor $(TARGETS)

help: ## Show this list
	@awk -F ':.*## ' '/^## /{printf "\n%s\n", substr($$0, 4)} /^[a-z0-9-]+:.*## /{printf "  %-17s %s\n", $$1, $$2}' $(MAKEFILE_LIST)
	@printf '\nRuntime here: %s (RUNTIME=compose or RUNTIME=local chooses)\n' "$$(local/runtime.sh)"

## Development
dev-up: ## Set up, start and wait for everything; print addresses and log-ins
dev-down: ## Stop everything and keep the data
dev-logs: ## Follow all logs
dev-build: ## Build our programs again
dev-restart: ## Restart the producer and Airflow
setup: ## Install and build everything without starting it
clean: ## Remove the data and everything installed (asks first, unless YES=1)
doctor: ## Check this machine: tools, ports, disk, memory, settings
	@local/doctor.sh

## Tests and checks
test: ## Run all tests
test-unit: ## Run unit tests and the tests of the DAGs
test-int: ## Run integration tests against real Kafka and PostgreSQL
test-preview: ## Test the dashboards in a real browser (without containers)
test-grafana: ## Test a real Grafana: panels and alert rules (TEST_GRAFANA=its home folder; without containers)
test-e2e: ## Run end-to-end tests through Airflow
test-hang: ## Check that hung programs of Airflow are restarted (in containers; else part of test-e2e)
test-prod: ## Start production in containers, load a batch, lose the machine and recover it
test-faults: ## Kill everything many times and check that nothing is lost or doubled (SEED=1,2 repeats seeds)
test-faults-long: ## The same with 1,000,000 messages and 2,000 kills: about an hour
test-mutants: ## Plant bugs in the pipeline, and check that a test catches each
lint: ## Check style, imports and dead code
lint-fix: ## Fix what can be fixed automatically
format: ## Format all files
typecheck: ## Check types
bench: ## Measure the speed, compared with a plain COPY

## Warehouse and Kafka
db-migrate: ## Apply migrations and check the live schema
db-reset: ## Drop all tables and make them again (asks first, unless YES=1)
db-shell: ## Open an SQL prompt on the warehouse
backup: ## Write the warehouse with its positions into a file (FILE=backups/…)
restore: ## Replace the warehouse by a backup (FILE=backups/…; asks first, unless YES=1)
mark: ## Set the environment of the data if their mark is missing or wrong (AS=development or AS=production; asks first)
kafka-topics: ## Describe the topics
kafka-consume: ## Print messages (TOPIC=transactions, N=10 for the first ten)

## Shells and logs
shell-etl: ## Open a shell with the etl command
shell-producer: ## Open a shell with the producer command
shell-kafka: ## Open a shell with Kafka's tools
shell-grafana: ## Open a shell in Grafana's container
grafana-logs: ## Follow Grafana's log

## Production (containers only)
secrets: ## Add missing production secrets to .env
prod-up: ## Start the production stack
prod-down: ## Stop the production stack and keep the data
prod-logs: ## Follow its logs

$(TARGETS):
	@local/run.sh $@
