import { figure, interleaved } from '../../bench/measure';

test('the median of an even number of runs lies between the two in the middle', () => {
  expect(figure([4, 1, 30, 2])).toEqual({ median: 3, min: 1, max: 30 });
});

test('the median of an odd number of runs is the one in the middle, in order of size', () => {
  expect(figure([9, 100, 10])).toEqual({ median: 10, min: 9, max: 100 });
});

test('subjects are run in turn, and the first round is not counted', () => {
  const order: string[] = [];
  const times = [1000, 3, 5];
  const subject = (name: string) => ({ name, run: () => times[order.push(name) > 2 ? Math.ceil(order.length / 2) - 1 : 0] });
  const figures = interleaved([subject('a'), subject('b')], 2);
  expect(order).toEqual(['a', 'b', 'a', 'b', 'a', 'b']);
  expect(figures.get('a')).toEqual({ median: 4, min: 3, max: 5 });
});
