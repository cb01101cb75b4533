using Dragoman.Gateway.Providers.Actions;
using Dragoman.Gateway.Providers.Vendor;
using Dragoman.Gateway.Settings;
using Dragoman.Providers.Abstractions;

namespace Dragoman.Providers.Copilot;

/// <summary>Allows a model for the user's Copilot (<c>models/ID/policy</c>; wire notes logins-2026-11, section 8), which means to agree to what GitHub says of it. The gateway never does it by itself.</summary>
internal sealed class CopilotModelAction : IAccountAction
{
    private const string Vendor = "GitHub";
    private const int MaxTerms = 600;

    private static readonly SettingField Model = new("model", SettingType.Text, "The model's id, as Copilot lists it.") { IsRequired = true };

    /// <inheritdoc/>
    public string Id => "enable-model";

    /// <inheritdoc/>
    public string Title => "Allow a model";

    /// <inheritdoc/>
    public string Effect => "The model is allowed for the user in all programs, on the terms that GitHub states for it. GitHub's settings take it back.";

    /// <inheritdoc/>
    public IReadOnlyList<SettingField> Inputs { get; } = [Model];

    /// <inheritdoc/>
    public async Task<ActionPreview> PreviewAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        using var question = CopilotCatalog.Question(call.Account, HttpMethod.Get, "/models");
        using var response = await vendor.Http.SendAsync(question, cancellationToken);
        var body = await response.Content.ReadAsByteArrayAsync(cancellationToken);
        var status = (int)response.StatusCode;
        if (!response.IsSuccessStatusCode) return ActionPreview.Impossible($"{Vendor} answered {status}{VendorJson.WordsOf(body)}.", status == 401);
        if (CopilotModelList.Parse(body) is not { } models) return ActionPreview.Impossible($"{Vendor} answered something that is no list of models.");
        var wanted = call.Inputs[Model.Name];
        if (models.FirstOrDefault(model => model.Id == wanted) is not { } found)
        {
            var waiting = models.Where(static model => !model.IsAllowed).Select(static model => model.Id).ToList();
            return ActionPreview.Impossible($"Copilot lists no model '{wanted}' for this user.{(waiting.Count > 0 ? $" Not allowed yet: {string.Join(", ", waiting)}." : "")}");
        }

        if (found.IsAllowed) return ActionPreview.Impossible($"'{wanted}' is allowed already.");
        return ActionPreview.Possible($"{found.Name} ({found.Id}) is not allowed now. {Effect}{(found.Terms is { } terms ? $" {Vendor} says: {(terms.Length > MaxTerms ? terms[..MaxTerms] + "…" : terms)}" : "")}");
    }

    /// <inheritdoc/>
    public async Task<ActionOutcome> RunAsync(AccountActionCall call, VendorContext vendor, CancellationToken cancellationToken)
    {
        var wanted = call.Inputs[Model.Name];
        using var question = CopilotCatalog.Question(call.Account, HttpMethod.Post, $"/models/{Uri.EscapeDataString(wanted)}/policy");
        question.Content = VendorJson.Body(static writer => writer.WriteString("state", "enabled"));
        using var response = await vendor.Http.SendAsync(question, cancellationToken);
        var status = (int)response.StatusCode;
        return response.IsSuccessStatusCode
            ? ActionOutcome.Done($"'{wanted}' is allowed now.")
            : ActionOutcome.Failed($"{Vendor} answered {status}{VendorJson.WordsOf(await response.Content.ReadAsByteArrayAsync(cancellationToken))}.", status == 401);
    }
}
