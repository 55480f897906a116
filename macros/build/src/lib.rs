//! Build-script helper of typed-connector: watch a folder of spec files
