using Dragoman.Gateway.Configuration;
using Dragoman.Gateway.Pipeline;
using Dragoman.Gateway.StoredResponses;
using Dragoman.Protocols.Json;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Lifetime;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Api.Responses.Sockets;

/// <summary>What every connection works with.</summary>
/// <param name="Authentication">Says whether its key is still good.</param>
/// <param name="Requests">Reads its requests.</param>
/// <param name="Conversations">Resolves what they refer to.</param>
/// <param name="Pipeline">Answers them.</param>
/// <param name="Refusals">Records those that never reached the pipeline.</param>
/// <param name="Responses">Keeps finished responses.</param>
/// <param name="Shutdown">Ends it with the gateway.</param>
/// <param name="Memory">What its messages are counted in.</param>
/// <param name="Config">The configuration in force.</param>
/// <param name="Time">The clock.</param>
internal sealed record SocketDependencies(
    ClientAuthentication Authentication, ClientRequestReader Requests, ConversationResolver Conversations, RequestPipeline Pipeline, RefusalRecorder Refusals, ResponseRecorder Responses,
    GracefulShutdown Shutdown, MemoryBudget Memory, Func<GatewayConfig> Config, TimeProvider Time);
