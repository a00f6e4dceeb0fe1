;; What eight components respond to sparse rows, two at a time: of each row t = tanh(y), where y is what it is at rest
;; with gain*x of all entries added; and the sums of t and 1 - t*t over rows, and of t*x over the entries of each unit.
;; Every operation is that of the plain loops and of fastTanh, in their order. Memory begins with fastTanh's table, in a
;; room of 2048 numbers. After a change: node scripts/assemble.mjs
(module
  (memory (export "memory") 1)
  ;; Puts in the place of each unit where its gains begin, and lists the rows that are to be added, each by the
  ;; addresses of its first place and behind its last: all but the empty ones, and those of at most so many entries of
  ;; which the first and the last are 1. Returns the address behind the list.
  (func (export "list")
    ;; addresses: offsets, units (with room for three more), values; how many rows and entries; bytes of a unit's gains;
    ;; the most entries of a row that is left out; address of the list
    (param $offsets i32) (param $nRows i32) (param $units i32) (param $xs i32) (param $n i32) (param $width i32)
    (param $most i32) (param $spans i32) (result i32)
    (local $at i32) (local $last i32) (local $before i32) (local $from i32) (local $to i32)
    (local.set $at (local.get $units))
    (local.set $last (i32.add (local.get $units) (i32.shl (local.get $n) (i32.const 2))))
    (block $done
      (loop $entries
        (br_if $done (i32.ge_u (local.get $at) (local.get $last)))
        (v128.store (local.get $at) (i32x4.mul (v128.load (local.get $at)) (i32x4.splat (local.get $width))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $entries)))
    (local.set $before (i32.load (local.get $offsets)))
    (local.set $last (i32.add (local.get $offsets) (i32.shl (local.get $nRows) (i32.const 2))))
    (block $done
      (loop $rows
        (br_if $done (i32.eq (local.get $offsets) (local.get $last)))
        (local.set $to (i32.sub (i32.load offset=4 (local.get $offsets)) (local.get $before)))
        (i32.store (local.get $spans) (i32.add (local.get $units) (i32.shl (local.get $from) (i32.const 2))))
        (i32.store offset=4 (local.get $spans) (i32.add (local.get $units) (i32.shl (local.get $to) (i32.const 2))))
        ;; A step instead of a branch, which nobody could foretell. Of an empty row, what stands beside it is read.
        (local.set $spans
          (i32.add (local.get $spans)
            (i32.shl
              (i32.or
                (i32.gt_u (i32.sub (local.get $to) (local.get $from)) (local.get $most))
                (i32.and
                  (i32.ne (local.get $to) (local.get $from))
                  (i32.or
                    (f64.ne (f64.const 1)
                      (f64.load (i32.add (local.get $xs) (i32.shl (local.get $from) (i32.const 3)))))
                    (f64.ne (f64.const 1)
                      (f64.load
                        (i32.sub (i32.add (local.get $xs) (i32.shl (local.get $to) (i32.const 3))) (i32.const 8)))))))
              (i32.const 3))))
        (local.set $from (local.get $to))
        (local.set $offsets (i32.add (local.get $offsets) (i32.const 4)))
        (br $rows)))
    (local.get $spans))
  (func (export "add")
    ;; addresses: the list and behind it; the values' less twice that of the places; how often each row comes; of these
    ;; components the gains, products, y at rest, sums of t and of 1 - t*t
    (param $spans i32) (param $lastSpan i32) (param $toXs i32) (param $counts i32)
    (param $gains i32) (param $products i32) (param $rest i32) (param $sums i32) (param $slopes i32)
    (local $from i32) (local $to i32) (local $place i32) (local $xs i32) (local $at i32)
    (local $x v128) (local $count v128) (local $c v128) (local $p v128) (local $h v128) (local $h2 v128)
    (local $rest0 v128) (local $rest1 v128) (local $rest2 v128) (local $rest3 v128)
    (local $y0 v128) (local $y1 v128) (local $y2 v128) (local $y3 v128)
    (local $sum0 v128) (local $sum1 v128) (local $sum2 v128) (local $sum3 v128)
    (local $slope0 v128) (local $slope1 v128) (local $slope2 v128) (local $slope3 v128)
    (local.set $rest0 (v128.load (local.get $rest)))
    (local.set $rest1 (v128.load offset=16 (local.get $rest)))
    (local.set $rest2 (v128.load offset=32 (local.get $rest)))
    (local.set $rest3 (v128.load offset=48 (local.get $rest)))
    (local.set $sum0 (v128.load (local.get $sums)))
    (local.set $sum1 (v128.load offset=16 (local.get $sums)))
    (local.set $sum2 (v128.load offset=32 (local.get $sums)))
    (local.set $sum3 (v128.load offset=48 (local.get $sums)))
    (local.set $slope0 (v128.load (local.get $slopes)))
    (local.set $slope1 (v128.load offset=16 (local.get $slopes)))
    (local.set $slope2 (v128.load offset=32 (local.get $slopes)))
    (local.set $slope3 (v128.load offset=48 (local.get $slopes)))
    (block $done
      (loop $rows
        (br_if $done (i32.eq (local.get $spans) (local.get $lastSpan)))
        (local.set $from (i32.load (local.get $spans)))
        (local.set $to (i32.load offset=4 (local.get $spans)))
        (local.set $place (local.get $from))
        (local.set $xs (i32.add (i32.shl (local.get $from) (i32.const 1)) (local.get $toXs)))
        (local.set $y0 (local.get $rest0))
        (local.set $y1 (local.get $rest1))
        (local.set $y2 (local.get $rest2))
        (local.set $y3 (local.get $rest3))
        (loop $entries
          (local.set $at (i32.add (local.get $gains) (i32.load (local.get $place))))
          (local.set $x (v128.load64_splat (local.get $xs)))
          (local.set $y0 (f64x2.add (local.get $y0) (f64x2.mul (v128.load (local.get $at)) (local.get $x))))
          (local.set $y1 (f64x2.add (local.get $y1) (f64x2.mul (v128.load offset=16 (local.get $at)) (local.get $x))))
          (local.set $y2 (f64x2.add (local.get $y2) (f64x2.mul (v128.load offset=32 (local.get $at)) (local.get $x))))
          (local.set $y3 (f64x2.add (local.get $y3) (f64x2.mul (v128.load offset=48 (local.get $at)) (local.get $x))))
          (local.set $place (i32.add (local.get $place) (i32.const 4)))
          (local.set $xs (i32.add (local.get $xs) (i32.const 8)))
          (br_if $entries (i32.ne (local.get $place) (local.get $to))))
        (local.set $count (v128.load64_splat (local.get $counts)))
        ;; t of the first two. That of 20 and beyond is 1, as the table has it; a NaN goes through.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y0) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        ;; With 2^49 added, the lowest bits are eight times the place, its address; those of a NaN stay in the room.
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y0
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope0
          (f64x2.add (local.get $slope0)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y0) (local.get $y0))))))
        (local.set $y0 (f64x2.mul (local.get $count) (local.get $y0)))
        (local.set $sum0 (f64x2.add (local.get $sum0) (local.get $y0)))
        ;; t of the next two.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y1) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y1
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope1
          (f64x2.add (local.get $slope1)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y1) (local.get $y1))))))
        (local.set $y1 (f64x2.mul (local.get $count) (local.get $y1)))
        (local.set $sum1 (f64x2.add (local.get $sum1) (local.get $y1)))
        ;; t of two more.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y2) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y2
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope2
          (f64x2.add (local.get $slope2)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y2) (local.get $y2))))))
        (local.set $y2 (f64x2.mul (local.get $count) (local.get $y2)))
        (local.set $sum2 (f64x2.add (local.get $sum2) (local.get $y2)))
        ;; t of the last two.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y3) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y3
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope3
          (f64x2.add (local.get $slope3)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y3) (local.get $y3))))))
        (local.set $y3 (f64x2.mul (local.get $count) (local.get $y3)))
        (local.set $sum3 (f64x2.add (local.get $sum3) (local.get $y3)))
        (local.set $place (local.get $from))
        (local.set $xs (i32.add (i32.shl (local.get $from) (i32.const 1)) (local.get $toXs)))
        (loop $entries
          (local.set $at (i32.add (local.get $products) (i32.load (local.get $place))))
          (local.set $x (v128.load64_splat (local.get $xs)))
          (v128.store (local.get $at)
            (f64x2.add (v128.load (local.get $at)) (f64x2.mul (local.get $y0) (local.get $x))))
          (v128.store offset=16 (local.get $at)
            (f64x2.add (v128.load offset=16 (local.get $at)) (f64x2.mul (local.get $y1) (local.get $x))))
          (v128.store offset=32 (local.get $at)
            (f64x2.add (v128.load offset=32 (local.get $at)) (f64x2.mul (local.get $y2) (local.get $x))))
          (v128.store offset=48 (local.get $at)
            (f64x2.add (v128.load offset=48 (local.get $at)) (f64x2.mul (local.get $y3) (local.get $x))))
          (local.set $place (i32.add (local.get $place) (i32.const 4)))
          (local.set $xs (i32.add (local.get $xs) (i32.const 8)))
          (br_if $entries (i32.ne (local.get $place) (local.get $to))))
        (local.set $counts (i32.add (local.get $counts) (i32.const 8)))
        (local.set $spans (i32.add (local.get $spans) (i32.const 8)))
        (br $rows)))
    (v128.store (local.get $sums) (local.get $sum0))
    (v128.store offset=16 (local.get $sums) (local.get $sum1))
    (v128.store offset=32 (local.get $sums) (local.get $sum2))
    (v128.store offset=48 (local.get $sums) (local.get $sum3))
    (v128.store (local.get $slopes) (local.get $slope0))
    (v128.store offset=16 (local.get $slopes) (local.get $slope1))
    (v128.store offset=32 (local.get $slopes) (local.get $slope2))
    (v128.store offset=48 (local.get $slopes) (local.get $slope3)))
  ;; The same for four components: the last ones, where they are no more.
  (func (export "addFour")
    (param $spans i32) (param $lastSpan i32) (param $toXs i32) (param $counts i32)
    (param $gains i32) (param $products i32) (param $rest i32) (param $sums i32) (param $slopes i32)
    (local $from i32) (local $to i32) (local $place i32) (local $xs i32) (local $at i32)
    (local $x v128) (local $count v128) (local $c v128) (local $p v128) (local $h v128) (local $h2 v128)
    (local $rest0 v128) (local $rest1 v128)
    (local $y0 v128) (local $y1 v128)
    (local $sum0 v128) (local $sum1 v128)
    (local $slope0 v128) (local $slope1 v128)
    (local.set $rest0 (v128.load (local.get $rest)))
    (local.set $rest1 (v128.load offset=16 (local.get $rest)))
    (local.set $sum0 (v128.load (local.get $sums)))
    (local.set $sum1 (v128.load offset=16 (local.get $sums)))
    (local.set $slope0 (v128.load (local.get $slopes)))
    (local.set $slope1 (v128.load offset=16 (local.get $slopes)))
    (block $done
      (loop $rows
        (br_if $done (i32.eq (local.get $spans) (local.get $lastSpan)))
        (local.set $from (i32.load (local.get $spans)))
        (local.set $to (i32.load offset=4 (local.get $spans)))
        (local.set $place (local.get $from))
        (local.set $xs (i32.add (i32.shl (local.get $from) (i32.const 1)) (local.get $toXs)))
        (local.set $y0 (local.get $rest0))
        (local.set $y1 (local.get $rest1))
        (loop $entries
          (local.set $at (i32.add (local.get $gains) (i32.load (local.get $place))))
          (local.set $x (v128.load64_splat (local.get $xs)))
          (local.set $y0 (f64x2.add (local.get $y0) (f64x2.mul (v128.load (local.get $at)) (local.get $x))))
          (local.set $y1 (f64x2.add (local.get $y1) (f64x2.mul (v128.load offset=16 (local.get $at)) (local.get $x))))
          (local.set $place (i32.add (local.get $place) (i32.const 4)))
          (local.set $xs (i32.add (local.get $xs) (i32.const 8)))
          (br_if $entries (i32.ne (local.get $place) (local.get $to))))
        (local.set $count (v128.load64_splat (local.get $counts)))
        ;; t of the first two. That of 20 and beyond is 1, as the table has it; a NaN goes through.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y0) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        ;; With 2^49 added, the lowest bits are eight times the place, its address; those of a NaN stay in the room.
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y0
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope0
          (f64x2.add (local.get $slope0)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y0) (local.get $y0))))))
        (local.set $y0 (f64x2.mul (local.get $count) (local.get $y0)))
        (local.set $sum0 (f64x2.add (local.get $sum0) (local.get $y0)))
        ;; t of the other two.
        (local.set $x (f64x2.pmax (f64x2.pmin (local.get $y1) (v128.const f64x2 20 20)) (v128.const f64x2 -20 -20)))
        (local.set $p
          (f64x2.floor
            (f64x2.add (f64x2.mul (local.get $x) (v128.const f64x2 32 32)) (v128.const f64x2 640.5 640.5))))
        (local.set $h
          (f64x2.sub (local.get $x)
            (f64x2.mul
              (f64x2.sub (local.get $p) (v128.const f64x2 640 640)) (v128.const f64x2 0.03125 0.03125))))
        (local.set $p
          (v128.and (f64x2.add (local.get $p) (v128.const f64x2 0x1p49 0x1p49))
            (v128.const i64x2 0x3ff8 0x3ff8)))
        (local.set $c
          (v128.load64_lane 1 (i32x4.extract_lane 2 (local.get $p))
            (v128.load64_zero (i32x4.extract_lane 0 (local.get $p)))))
        (local.set $h2 (f64x2.mul (local.get $h) (local.get $h)))
        (local.set $h
          (f64x2.sub (local.get $h)
            (f64x2.mul (f64x2.mul (local.get $h) (local.get $h2))
              (f64x2.sub (v128.const f64x2 0.3333333333333333 0.3333333333333333)
                (f64x2.mul (local.get $h2)
                  (f64x2.sub (v128.const f64x2 0.13333333333333333 0.13333333333333333)
                    (f64x2.mul (local.get $h2)
                      (f64x2.sub (v128.const f64x2 0.05396825396825397 0.05396825396825397)
                        (f64x2.mul (local.get $h2)
                          (v128.const f64x2 0.021869488536155203 0.021869488536155203))))))))))
        (local.set $y1
          (f64x2.div (f64x2.add (local.get $c) (local.get $h))
            (f64x2.add (v128.const f64x2 1 1) (f64x2.mul (local.get $c) (local.get $h)))))
        (local.set $slope1
          (f64x2.add (local.get $slope1)
            (f64x2.mul (local.get $count)
              (f64x2.sub (v128.const f64x2 1 1) (f64x2.mul (local.get $y1) (local.get $y1))))))
        (local.set $y1 (f64x2.mul (local.get $count) (local.get $y1)))
        (local.set $sum1 (f64x2.add (local.get $sum1) (local.get $y1)))
        (local.set $place (local.get $from))
        (local.set $xs (i32.add (i32.shl (local.get $from) (i32.const 1)) (local.get $toXs)))
        (loop $entries
          (local.set $at (i32.add (local.get $products) (i32.load (local.get $place))))
          (local.set $x (v128.load64_splat (local.get $xs)))
          (v128.store (local.get $at)
            (f64x2.add (v128.load (local.get $at)) (f64x2.mul (local.get $y0) (local.get $x))))
          (v128.store offset=16 (local.get $at)
            (f64x2.add (v128.load offset=16 (local.get $at)) (f64x2.mul (local.get $y1) (local.get $x))))
          (local.set $place (i32.add (local.get $place) (i32.const 4)))
          (local.set $xs (i32.add (local.get $xs) (i32.const 8)))
          (br_if $entries (i32.ne (local.get $place) (local.get $to))))
        (local.set $counts (i32.add (local.get $counts) (i32.const 8)))
        (local.set $spans (i32.add (local.get $spans) (i32.const 8)))
        (br $rows)))
    (v128.store (local.get $sums) (local.get $sum0))
    (v128.store offset=16 (local.get $sums) (local.get $sum1))
    (v128.store (local.get $slopes) (local.get $slope0))
    (v128.store offset=16 (local.get $slopes) (local.get $slope1))))
