DROP TABLE proposal_looks;
