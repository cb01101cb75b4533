using System.Text;
using Dragoman.Management.Settings;
using Dragoman.Server.Surfaces.Access;

namespace Dragoman.Server.Surfaces.Dragoman;

/// <summary>What a text of the configuration would do, and the texts that its file has had.</summary>
internal sealed class SettingsHistoryRoutes(SettingsService settings, ConfigHistoryService history) : IManagementRoutes
{
    public void Map(IEndpointRouteBuilder api)
    {
        var group = api.MapGroup("/settings").WithTags("Settings");
        group.MapPost("/config/check", async Task<Results<Ok<ConfigCheckView>, ManagementErrorResult>> (HttpContext context, CancellationToken cancellationToken)
            => await SettingsRoutes.ReadTextAsync(context, cancellationToken) is { } text ? (await settings.CheckAsync(text, cancellationToken)).ToOk() : ManagementErrorResult.Invalid("The text is not UTF-8."))
            .Accepts<string>(SettingsRoutes.Yaml, "text/plain").WithName("checkConfig").WithSummary("Checks a text of the configuration; saves nothing.")
            .WithDescription("Everything that is wrong is reported at once, each with its place. Marks of hidden secrets may stay. `diff` is what would change, line by line.");

        group.MapGet("/history", Task<Results<Ok<ConfigHistoryView>, ManagementErrorResult>> (int? limit, string? after, CancellationToken cancellationToken) => history.ListAsync(limit, after, cancellationToken).ToOkAsync())
            .WithName("listConfigVersions").WithSummary("The texts that the configuration's file has had, newest first.").WithDescription("One for each accepted change, by the API, a command or an editor. The last 100 are kept, encrypted, in the store.");

        group.MapGet("/history/{version}", async Task<Results<ContentHttpResult, ManagementErrorResult>> (string version, HttpContext context, CancellationToken cancellationToken) =>
        {
            var text = await history.GetAsync(version, cancellationToken);
            if (!text.Succeeded) return ManagementErrorResult.From(text.Error);
            context.Response.Headers.CacheControl = "no-store";
            return TypedResults.Text(text.Value.Text, SettingsRoutes.Yaml, Encoding.UTF8);
        }).WithName("getConfigVersion").WithSummary("A text that the configuration's file has had. Secrets are shown as marks.").Produces<string>(200, SettingsRoutes.Yaml);

        group.MapPost("/history/{version}/restore", async Task<Results<Ok<SettingsChangedView>, UnprocessableEntity<FaultBody>, ManagementErrorResult>> (string version, HttpContext context, CancellationToken cancellationToken)
            => SettingsRoutes.ExpectedVersion(context) is { } expected
                ? SettingsRoutes.ResultOf(await history.RestoreAsync(version, expected, HttpActor.From(context), cancellationToken), context)
                : SettingsRoutes.NeedsVersion())
            .WithName("restoreConfigVersion").WithSummary("Makes a former text the configuration's again, with its secrets.").WithDescription("`If-Match` names the version that was read, or is `*`. It becomes an entry of its own.");
    }
}
