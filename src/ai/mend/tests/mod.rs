mod cuts;
mod families;
mod wire;
