-- purpose:    money of one loan that paid back another within days: borrowing to repay
-- zh:         以贷还贷：一笔放款后几天内偿还另一笔贷款
-- parameters: $person_id person; whom to look at
--             $days integer 1..60 = 7; days from money in to money out at most
--             $from time = null; nothing earlier
--             $to time = null; nothing later, and never later than the run's as-of
--             $limit integer 1..1000 = 200; rows at most
-- returns:    a record for each pair, the newest first: loan_id, disbursed, disbursed_at, repaid_loan_id, repaid, repaid_at
-- cost:       a scan of the tables it names, held down to the person by statistics
-- example:    graphfraud query refinancing --param person_id=p-1
SELECT came.loan_id, came.amount / 100 AS disbursed, came."at" AS disbursed_at, went.loan_id AS repaid_loan_id, went.amount / 100 AS repaid, went."at" AS repaid_at
FROM raw_disbursements AS came
JOIN raw_repayments AS went ON went.payer_id = came.person_id AND went.loan_id <> came.loan_id
  AND went."at" BETWEEN came."at" AND came."at" + to_days($days::INTEGER)
WHERE came.person_id = $person_id AND within(came."at") AND went."at" <= getvariable('window_end')
ORDER BY repaid_at DESC, disbursed_at DESC, came.loan_id, repaid_loan_id LIMIT $limit
