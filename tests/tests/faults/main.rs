//! Many calls against a server that fails, refuses, hangs up and dawdles, and calls that are cancelled: nothing is lost, nothing is
//! done twice, nothing leaks. Each test prints its figures.

mod storm;
