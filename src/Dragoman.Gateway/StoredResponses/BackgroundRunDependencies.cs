using Dragoman.Gateway.Requests;
using Dragoman.Protocols.Json;

namespace Dragoman.Gateway.StoredResponses;

/// <summary>What every run of a response without a client works with.</summary>
/// <param name="Forward">Answers its request and records how it ended.</param>
/// <param name="Responses">Keeps the finished response.</param>
/// <param name="Runs">The runs there are.</param>
/// <param name="Memory">What its events are counted in.</param>
/// <param name="Time">The clock.</param>
/// <param name="Stopping">Ends it with the gateway.</param>
public sealed record BackgroundRunDependencies(DetachedRequestHandler Forward, ResponseRecorder Responses, BackgroundRuns Runs, MemoryBudget Memory, TimeProvider Time, CancellationToken Stopping);

/// <summary>Answers a request that no connection waits for, and records how it ended.</summary>
/// <param name="path">The path it was asked under, for the records.</param>
/// <param name="request">The request.</param>
/// <param name="channel">Takes its answer.</param>
/// <param name="cancellationToken">Ends it.</param>
public delegate Task DetachedRequestHandler(string path, ClientRequest request, IResponseChannel channel, CancellationToken cancellationToken);
