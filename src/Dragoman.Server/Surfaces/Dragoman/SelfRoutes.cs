using Dragoman.Gateway.Requests;
using Dragoman.Management.Access;
using Dragoman.Management.Keys;
using Dragoman.Protocols;
using Dragoman.Protocols.Registry;
using Dragoman.Server.Api.Shared;
using Dragoman.Server.Observability.Recording;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>
/// <c>GET /api/v1/self</c>: a client key, shown to its holder. The key itself opens it, in a header only, also on listeners where the management is closed; pages of other
/// sites are told nothing (no CORS). Who guesses is locked out, as of the management.
/// </summary>
internal sealed class SelfRoutes(KeyHolderService holders, ClientAuthentication authentication, ClientKeyGuesses guesses, RefusalRecorder refusals, TimeProvider time) : IManagementRoutes
{
    /// <summary>The route's address.</summary>
    public const string Path = ManagementApi.Prefix + "/self";

    private static ManagementRoute Open { get; } = new(MostBytes: 0, IsOpen: true);

    public void Map(IEndpointRouteBuilder api)
        => api.MapGet("/self", DescribeAsync).WithMetadata(Open).WithName("getSelf").WithTags("Keys")
            .WithSummary("The client key that is shown in a header: how it stands with its limits, what it used in 30 days, its models, and where clients are pointed to.")
            .WithDescription("Opened by the client key (`Authorization: Bearer`, `x-api-key`, …), not by the management secret, and never by a key in the address. A wrong key is answered as clients are answered; five that do not exist, in a row, lock the address out (429, `Retry-After`). `tz` says whose days are meant.");

    private async Task<Results<Ok<KeyHolderView>, ManagementErrorResult>> DescribeAsync(string? tz, HttpContext context, CancellationToken cancellationToken)
    {
        context.Response.Headers.CacheControl = "no-store";
        var peer = context.Connection.RemoteIpAddress;
        if (guesses.FindLockOut(peer) is { } locked) return ManagementErrorResult.From(locked);
        if (authentication.CheckKey(context, inAddress: false) is { } refusal)
        {
            if (refusal.Code == ClientAuthentication.UnknownKey && guesses.Wrong(peer) is { } lockOut) return ManagementErrorResult.From(lockOut);
            refusals.Record(context, ProtocolRegistry.Default, refusal, FlowId.New(time));
            return new ManagementErrorResult(refusal);
        }

        guesses.Right(peer);
        var request = context.Request;
        return (await holders.DescribeAsync(ClientAuthentication.IdentityOf(context), new Uri($"{request.Scheme}://{request.Host}"), tz, cancellationToken)).ToOk();
    }
}
