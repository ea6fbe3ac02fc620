import assert from 'node:assert/strict';
import { test } from 'node:test';
import { likelyJobs } from '../../src/cli/corpus/start-workers.ts';

const likely = (line: string, cores = 2) => likelyJobs(line.split(' '), cores);

test('only commands that run cases are given processes ahead of time', () => {
  assert.equal(likely('test cases'), 2);
  assert.equal(likely('corpus run bundled'), 2);
  assert.equal(likely('corpus record bundled'), 2);
  for (const line of [
    'corpus list',
    'corpus fetch iot-23',
    'corpus score iot-23',
    'analyze test',
    'test --help',
  ])
    assert.equal(likely(line), 0, line);
});

test('as many as are asked for, as there are cores, and never more than a few', () => {
  for (const way of ['--jobs 3', '--jobs=3', '-j 3', '-j3', '-j=3']) {
    assert.equal(likely(`test cases ${way}`, 8), 3, way);
    assert.equal(likely(`test cases ${way}`, 2), 2, way);
  }
  assert.equal(likely('test cases', 64), 4);
  assert.equal(likely('test cases --jobs 200', 64), 4);
});

test('one process or a wrong number is for the command to see to', () => {
  for (const jobs of ['1', '0', '-1', 'many', '1.5'])
    assert.equal(likely(`test cases --jobs ${jobs}`, 8), 0, jobs);
  assert.equal(likely('test cases', 1), 0);
});
