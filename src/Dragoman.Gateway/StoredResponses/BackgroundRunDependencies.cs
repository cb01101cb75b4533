using Dragoman.Gateway.Pipeline;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>What every run of a response without a client works with.</summary>
/// <param name="Pipeline">Answers its request.</param>
/// <param name="Responses">Keeps the finished response.</param>
/// <param name="Runs">The runs there are.</param>
/// <param name="Memory">What its events are counted in.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stopping">Ends it with the gateway.</param>
public sealed record BackgroundRunDependencies(RequestPipeline Pipeline, ResponseRecorder Responses, BackgroundRuns Runs, MemoryBudget Memory, TimeProvider Time, CancellationToken Stopping);
