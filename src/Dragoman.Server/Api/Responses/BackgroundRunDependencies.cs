using Dragoman.Gateway.Pipeline;
using Dragoman.Protocols.Json;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Responses;

/// <summary>What every run of a response without a client works with.</summary>
/// <param name="Pipeline">Answers its request.</param>
/// <param name="Recorder">Records how it ended.</param>
/// <param name="Responses">Keeps the finished response.</param>
/// <param name="Runs">The runs there are.</param>
/// <param name="Shutdown">Ends it with the gateway.</param>
/// <param name="Memory">What its events are counted in.</param>
/// <param name="Time">The clock.</param>
internal sealed record BackgroundRunDependencies(RequestPipeline Pipeline, RequestRecorder Recorder, ResponseRecorder Responses, BackgroundRuns Runs, GracefulShutdown Shutdown, MemoryBudget Memory, TimeProvider Time);
