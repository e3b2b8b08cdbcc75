// For hosts' own tests: a model, tools and interference that follow from a seed, on simulated time.

export { SimulatedClock, SimulationHang } from "./clock.js";
export { Random } from "./random.js";
export { Simulation, type SimulationFaults } from "./simulation.js";
export { transcriptFaults } from "./transcript.js";
