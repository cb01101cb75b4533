using System.Text.Json.Nodes;
using Dragoman.Management.Keys;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary><c>/api/v1/keys</c>: client keys, made, changed, rotated, revoked, and what is left of their limits.</summary>
internal sealed class KeyRoutes(ClientKeyService keys) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/keys").WithTags("Keys");
        group.MapGet("", Task<Results<Ok<KeyListView>, ManagementErrorResult>> (CancellationToken cancellationToken) => keys.ListAsync(cancellationToken).ToOkAsync())
            .WithName("listKeys").WithSummary("Lists client keys, those of the configuration first.");

        group.MapPost("", Task<Results<Created<KeyView>, ManagementErrorResult>> (HttpContext context, KeySettings settings, CancellationToken cancellationToken)
            => keys.CreateAsync(settings, HttpActor.From(context), cancellationToken).ToCreatedAsync(key => $"keys/{key.Id}"))
            .WithName("createKey").WithSummary("Makes a client key; the answer shows it, once.");

        group.MapGet("/status", Task<Results<Ok<KeyStatusListView>, ManagementErrorResult>> (CancellationToken cancellationToken) => keys.ListStatusAsync(cancellationToken).ToOkAsync())
            .WithName("listKeyStatus").WithSummary("The rates (of this node) and budgets of every key, in one call.");

        group.MapGet("/{id}", Task<Results<Ok<KeyView>, ManagementErrorResult>> (string id, CancellationToken cancellationToken) => keys.GetAsync(id, cancellationToken).ToOkAsync())
            .WithName("getKey").WithSummary("One client key.");

        group.MapPatch("/{id}", Task<Results<Ok<KeyView>, ManagementErrorResult>> (HttpContext context, string id, JsonObject patch, CancellationToken cancellationToken)
            => keys.ChangeAsync(id, settings => KeyPatch.Apply(settings, patch), string.Join(", ", patch.Select(member => member.Key)), HttpActor.From(context), cancellationToken).ToOkAsync())
            .Accepts<KeySettings>("application/json", "application/merge-patch+json").WithName("changeKey").WithSummary("Changes what the body names; a null takes a limit away.");

        group.MapDelete("/{id}", Task<Results<NoContent, ManagementErrorResult>> (HttpContext context, string id, CancellationToken cancellationToken)
            => keys.RemoveAsync(id, HttpActor.From(context), cancellationToken).ToNoContentAsync())
            .WithName("removeKey").WithSummary("Removes a client key for good; usage keeps naming it.");

        group.MapPost("/{id}/restore", Task<Results<Ok<KeyView>, ManagementErrorResult>> (HttpContext context, string id, CancellationToken cancellationToken)
            => keys.RestoreAsync(id, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("restoreKey").WithSummary("Puts a key back that this node removed within the last ten minutes, with the secret that its holders have.");

        group.MapPost("/{id}/rotate", Task<Results<Ok<KeyView>, ManagementErrorResult>> (HttpContext context, string id, RotateRequest? request, CancellationToken cancellationToken)
            => keys.RotateAsync(id, GraceOf(request), HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("rotateKey").WithSummary("Makes a new key in place of the old one; the answer shows it, once.");

        group.MapPost("/{id}/revoke", Task<Results<Ok<KeyView>, ManagementErrorResult>> (HttpContext context, string id, CancellationToken cancellationToken)
            => keys.RevokeAsync(id, HttpActor.From(context), cancellationToken).ToOkAsync())
            .WithName("revokeKey").WithSummary("Ends a client key; it stays in the list.");

        group.MapGet("/{id}/status", Task<Results<Ok<KeyStatusView>, ManagementErrorResult>> (string id, CancellationToken cancellationToken) => keys.GetStatusAsync(id, cancellationToken).ToOkAsync())
            .WithName("getKeyStatus").WithSummary("The rates (of this node) and budgets of a key: what is used and what is left.");
    }

    /// <summary>The time of grace; what no time span can hold is cut to one that is refused all the same.</summary>
    private static TimeSpan GraceOf(RotateRequest? request) => TimeSpan.FromSeconds(Math.Clamp(request?.GraceSeconds ?? 0, -1, int.MaxValue));
}

/// <summary>How to rotate a key.</summary>
/// <param name="GraceSeconds">How long the old key is still taken; 0 (also when left out) ends it at once.</param>
internal sealed record RotateRequest(long GraceSeconds = 0);
