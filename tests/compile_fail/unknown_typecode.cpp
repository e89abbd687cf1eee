// Python has no such typecode either.

#include <progeny/multiprocessing/sharedctypes.hpp>

progeny::multiprocessing::RawValue<progeny::multiprocessing::typecode<'x'>>* value = nullptr;
