using Dragoman.Gateway.Requests;

namespace Dragoman.Management.Hosting;

/// <summary>Runs a request that the gateway makes itself (a replay, the test of an account) and records how it ended, as it does with clients' requests.</summary>
/// <param name="path">What it is called in the log.</param>
/// <param name="request">The request.</param>
/// <param name="forward">Answers it.</param>
/// <param name="cancellationToken">Whoever waits for it has gone.</param>
/// <returns>How it ended; null where it ended without an outcome.</returns>
public delegate Task<RequestOutcome?> RecordedRequestHandler(string path, ClientRequest request, Func<CancellationToken, Task<RequestOutcome>> forward, CancellationToken cancellationToken);
