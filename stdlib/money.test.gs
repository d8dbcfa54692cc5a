1.5 >units 1500000000000000000 assert=   1500000000000000000 units> 1.5 assert=
100 >units 100000000000000000000 assert=
80 25 percent 20 assert=   0.1 50 percent 0.05 assert=
2.345 rounded 2.34 assert=   2.355 rounded 2.36 assert=
10 4 share 0 assert= 2.5 assert=
1 3 share 0.000000000000000001 assert= 0.333333333333333333 assert=
