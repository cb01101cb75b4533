namespace Dragoman.Management.Clients;

/// <summary>The gateway as a client is to see it.</summary>
/// <param name="Address">Where it is.</param>
/// <param name="Key">The client key, or null for a gateway that asks for none.</param>
/// <param name="KeyVariable">The environment variable that will hold the key, for clients that can read it from there; or null.</param>
/// <param name="Model">The model to ask for, or null for the client's own choice.</param>
/// <param name="SmallModel">The model for small tasks, or null.</param>
/// <param name="Models">What the gateway serves; empty where it could not be asked.</param>
internal sealed record GatewayEndpoint(Uri Address, string? Key, string? KeyVariable, string? Model, string? SmallModel, IReadOnlyList<ServedModel> Models)
{
    /// <summary>Stands in for a key where none is asked for: most clients insist on having one.</summary>
    public const string NoKey = "any-key";

    /// <summary>The address without a slash at the end.</summary>
    public string Base => Address.ToString().TrimEnd('/');

    /// <summary>What the gateway says of the model to ask for; null where none is chosen, or it does not list it.</summary>
    public ServedModel? Chosen => Model is null ? null : Models.FirstOrDefault(model => model.Id == Model);

    /// <summary>What is sent as the key.</summary>
    public string ShownKey => Key ?? NoKey;

    /// <summary>Whether that is a secret.</summary>
    public bool KeyIsSecret => Key is not null;
}

/// <summary>A model that the gateway serves.</summary>
/// <param name="Id">What clients call it.</param>
/// <param name="Name">What people call it.</param>
/// <param name="Context">How many tokens it takes, or null.</param>
/// <param name="Output">How many tokens it answers at most, or null.</param>
internal sealed record ServedModel(string Id, string? Name, long? Context, long? Output);
