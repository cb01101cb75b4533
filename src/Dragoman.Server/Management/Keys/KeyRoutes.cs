using System.Text.Json.Nodes;
using Dragoman.Gateway.ClientKeys;
using Dragoman.Gateway.Persistence;
using Dragoman.Server.Management.Audit;

namespace Dragoman.Server.Management.Keys;

/// <summary><c>/api/v1/keys</c>: client keys, made, changed, rotated, revoked, and how they stand.</summary>
internal sealed class KeyRoutes(ClientKeyService keyService, TimeProvider time, IKeyStore keyStore, IBudgetStore budgetStore, ClientKeyStore clientKeys, AuditTrail audit, KeyRateLimiters rates) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var keys = api.MapGroup("/keys").WithTags("Keys");
        keys.MapGet("", async (CancellationToken cancellationToken) =>
        {
            var now = time.GetUtcNow();
            var stored = await keyStore.ListAsync(cancellationToken);
            return TypedResults.Ok(new KeyListView([.. clientKeys.Configured.Select(KeyView.From), .. stored.Select(key => KeyView.From(key, now))]));
        }).WithName("listKeys").WithSummary("Lists client keys, those of the configuration first.");

        keys.MapPost("", async Task<Results<Created<KeyView>, ManagementError>> (HttpContext context, KeySettings settings, CancellationToken cancellationToken) =>
        {
            var (made, fault) = await keyService.CreateAsync(settings, cancellationToken);
            if (fault is not null) return fault;
            await audit.RecordAsync(context, "key.add", made!.Id, detail: made.Name);
            return TypedResults.Created($"{ManagementApi.Prefix}/keys/{made.Id}", made);
        }).WithName("createKey").WithSummary("Makes a client key; the answer shows it, once.");

        keys.MapGet("/{id}", async Task<Results<Ok<KeyView>, ManagementError>> (string id, CancellationToken cancellationToken) =>
        {
            if (clientKeys.Configured.FirstOrDefault(client => client.KeyId == id) is { } configured) return TypedResults.Ok(KeyView.From(configured));
            return await keyStore.GetAsync(id, cancellationToken) is { } key ? TypedResults.Ok(KeyView.From(key, time.GetUtcNow())) : keyService.Missing(id);
        }).WithName("getKey").WithSummary("One client key.");

        keys.MapPatch("/{id}", async Task<Results<Ok<KeyView>, ManagementError>> (HttpContext context, string id, JsonObject patch, CancellationToken cancellationToken)
            => await AnswerAsync(context, "key.change", string.Join(", ", patch.Select(member => member.Key)), await keyService.PatchAsync(id, patch, cancellationToken)))
            .Accepts<KeySettings>("application/json", "application/merge-patch+json").WithName("changeKey").WithSummary("Changes what the body names; a null takes a limit away.");

        keys.MapDelete("/{id}", async Task<Results<NoContent, ManagementError>> (HttpContext context, string id, CancellationToken cancellationToken) =>
        {
            if (await keyService.RemoveAsync(id, cancellationToken) is { } fault) return fault;
            await audit.RecordAsync(context, "key.remove", id);
            return TypedResults.NoContent();
        }).WithName("removeKey").WithSummary("Removes a client key for good; usage keeps naming it.");

        keys.MapPost("/{id}/rotate", async Task<Results<Ok<KeyView>, ManagementError>> (HttpContext context, string id, RotateRequest? request, CancellationToken cancellationToken)
            => await AnswerAsync(context, "key.rotate", $"grace {request?.GraceSeconds ?? 0} s", await keyService.RotateAsync(id, TimeSpan.FromSeconds(request?.GraceSeconds ?? 0), cancellationToken)))
            .WithName("rotateKey").WithSummary("Makes a new key in place of the old one; the answer shows it, once.");

        keys.MapPost("/{id}/revoke", async Task<Results<Ok<KeyView>, ManagementError>> (HttpContext context, string id, CancellationToken cancellationToken)
            => await AnswerAsync(context, "key.revoke", "", await keyService.RevokeAsync(id, cancellationToken)))
            .WithName("revokeKey").WithSummary("Ends a client key; it stays in the list.");

        keys.MapGet("/{id}/status", async Task<Results<Ok<KeyStatusView>, ManagementError>> (string id, CancellationToken cancellationToken) =>
        {
            if (clientKeys.Configured.FirstOrDefault(client => client.KeyId == id) is { } configured) return TypedResults.Ok(KeyStatusView.From(id, rates.Rates(configured), []));
            if (clientKeys.FindIdentity(id) is not { } client) return keyService.Missing(id);
            var budgets = await budgetStore.GetStatusAsync(BudgetReservationService.OwnerOf(id), client.Budgets, cancellationToken);
            return TypedResults.Ok(KeyStatusView.From(id, rates.Rates(client), budgets));
        }).WithName("getKeyStatus").WithSummary("The rates (of this node) and budgets of a key: what is used and what is left.");

        async Task<Results<Ok<KeyView>, ManagementError>> AnswerAsync(HttpContext context, string action, string detail, (KeyView? Key, ManagementError? Fault) outcome)
        {
            if (outcome.Fault is { } fault) return fault;
            await audit.RecordAsync(context, action, outcome.Key!.Id, detail: detail);
            return TypedResults.Ok(outcome.Key);
        }
    }
}
