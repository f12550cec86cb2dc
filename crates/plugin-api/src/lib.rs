//! What a data-source plugin is: the C interface, and an SDK that makes one a trait implementation.
