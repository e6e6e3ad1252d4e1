// purpose:    what is there once is there once, and every look-up of the other files has an index
// parameters: none
// returns:    nothing
// cost:       one scan of a label or type for each that is missing
CREATE CONSTRAINT person_person_id IF NOT EXISTS FOR (a:Person) REQUIRE (a.`person_id`) IS UNIQUE;
CREATE CONSTRAINT person_n IF NOT EXISTS FOR (a:Person) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT device_device_id IF NOT EXISTS FOR (a:Device) REQUIRE (a.`device_id`) IS UNIQUE;
CREATE CONSTRAINT device_n IF NOT EXISTS FOR (a:Device) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT ip_ip IF NOT EXISTS FOR (a:IP) REQUIRE (a.`ip`) IS UNIQUE;
CREATE CONSTRAINT ip_n IF NOT EXISTS FOR (a:IP) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT merchant_merchant_id IF NOT EXISTS FOR (a:Merchant) REQUIRE (a.`merchant_id`) IS UNIQUE;
CREATE CONSTRAINT merchant_n IF NOT EXISTS FOR (a:Merchant) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT lender_lender_id IF NOT EXISTS FOR (a:Lender) REQUIRE (a.`lender_id`) IS UNIQUE;
CREATE CONSTRAINT lender_n IF NOT EXISTS FOR (a:Lender) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT chatgroup_group_id IF NOT EXISTS FOR (a:ChatGroup) REQUIRE (a.`group_id`) IS UNIQUE;
CREATE CONSTRAINT chatgroup_n IF NOT EXISTS FOR (a:ChatGroup) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT loan_loan_id IF NOT EXISTS FOR (a:Loan) REQUIRE (a.`loan_id`) IS UNIQUE;
CREATE CONSTRAINT loan_n IF NOT EXISTS FOR (a:Loan) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT partner_partner_id IF NOT EXISTS FOR (a:Partner) REQUIRE (a.`partner_id`) IS UNIQUE;
CREATE CONSTRAINT partner_n IF NOT EXISTS FOR (a:Partner) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT phone_value IF NOT EXISTS FOR (a:Phone) REQUIRE (a.`value`) IS UNIQUE;
CREATE CONSTRAINT phone_n IF NOT EXISTS FOR (a:Phone) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT card_value IF NOT EXISTS FOR (a:Card) REQUIRE (a.`value`) IS UNIQUE;
CREATE CONSTRAINT card_n IF NOT EXISTS FOR (a:Card) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT address_value IF NOT EXISTS FOR (a:Address) REQUIRE (a.`value`) IS UNIQUE;
CREATE CONSTRAINT address_n IF NOT EXISTS FOR (a:Address) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT nationalid_value IF NOT EXISTS FOR (a:NationalId) REQUIRE (a.`value`) IS UNIQUE;
CREATE CONSTRAINT nationalid_n IF NOT EXISTS FOR (a:NationalId) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT email_value IF NOT EXISTS FOR (a:Email) REQUIRE (a.`value`) IS UNIQUE;
CREATE CONSTRAINT email_n IF NOT EXISTS FOR (a:Email) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT listentry_n IF NOT EXISTS FOR (a:ListEntry) REQUIRE (a.`n`) IS UNIQUE;
CREATE CONSTRAINT store_name IF NOT EXISTS FOR (a:Store) REQUIRE (a.`name`) IS UNIQUE;
CREATE CONSTRAINT lease_name IF NOT EXISTS FOR (a:Lease) REQUIRE (a.`name`) IS UNIQUE;
CREATE CONSTRAINT load_id IF NOT EXISTS FOR (a:Load) REQUIRE (a.`id`) IS UNIQUE;
CREATE CONSTRAINT lane_load_number IF NOT EXISTS FOR (a:Lane) REQUIRE (a.`load`, a.`number`) IS UNIQUE;
CREATE CONSTRAINT current_name IF NOT EXISTS FOR (a:Current) REQUIRE (a.`name`) IS UNIQUE;
CREATE CONSTRAINT run_run_id IF NOT EXISTS FOR (a:Run) REQUIRE (a.`run_id`) IS UNIQUE;
CREATE CONSTRAINT assessment_run_id_person_id IF NOT EXISTS FOR (a:Assessment) REQUIRE (a.`run_id`, a.`person_id`) IS UNIQUE;
CREATE CONSTRAINT ring_run_id_ring_id IF NOT EXISTS FOR (a:Ring) REQUIRE (a.`run_id`, a.`ring_id`) IS UNIQUE;
CREATE CONSTRAINT paid_payment_id IF NOT EXISTS FOR ()-[a:PAID]-() REQUIRE (a.`payment_id`) IS UNIQUE;
CREATE CONSTRAINT repaid_repayment_id IF NOT EXISTS FOR ()-[a:REPAID]-() REQUIRE (a.`repayment_id`) IS UNIQUE;
CREATE CONSTRAINT application_application_id IF NOT EXISTS FOR (a:Application) REQUIRE (a.`application_id`) IS UNIQUE;
CREATE INDEX listentry_target_id IF NOT EXISTS FOR (a:ListEntry) ON (a.`target_id`);
